"""Networks that give images: evaluated from the panel, compared before and after, and applied to dropped files."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.evaluation.test_panel import drop

LEFT = Qt.MouseButton.LeftButton


def evaluated(bench):
    b = bench("images")
    b.click(b.panel.setup.evaluate)
    b.wait(lambda: b.panel.images.results is not None)
    b.wait(lambda: b.shown == "Before and after")
    return b, b.panel.images


def grey_at(view, share: float) -> int:
    """What is drawn at a share of the picture's width, a quarter down."""
    place = view._place()
    at = QPoint(round(place.left() + share * place.width()), round(place.top() + place.height() / 4))
    return view.grab().toImage().pixelColor(at * view.devicePixelRatioF()).red()


def test_the_worst_image_comes_first_beside_what_interpolation_gives(bench):
    b, page = evaluated(bench)
    words = page.headline.text()
    assert "PSNR 22.80 dB" in words
    assert "interpolation 21.60 dB (+1.20 dB)" in words
    assert "5 images (test)" in words
    assert page.notes.text() == "Some were left out."
    assert page.title.text() == "image 3: PSNR 10.00 dB (−2.00 dB against interpolation), SSIM 0.400"
    assert not b.panel.headline.isVisible()  # that of classes


def test_an_image_that_is_clicked_is_compared(bench):
    b, page = evaluated(bench)
    index = page.grid.model().index(2, 0)
    b.wait(lambda: page.grid.visualRect(index).isValid())
    b.click(page.grid.viewport(), page.grid.visualRect(index).center())
    assert page.title.text().startswith("image 0: PSNR 30.00 dB (+5.00 dB")
    assert (grey_at(page.view, 0.25), grey_at(page.view, 0.75)) == (0, 200)


def test_the_edge_is_dragged_and_moved_by_keys(bench):
    b, page = evaluated(bench)
    view = page.view
    place = view._place()
    start = QPoint(round(place.center().x()), round(place.center().y()))
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, QPoint(round(place.left() + 0.9 * place.width()), start.y()))
    QTest.mouseRelease(view, LEFT, pos=QPoint(round(place.left() + 0.9 * place.width()), start.y()))
    b.wait(lambda: abs(view.edge - 0.9) < 0.02)
    assert grey_at(view, 0.75) == 0
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.edge == 0
    assert grey_at(view, 0.25) == 40
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert 0 < view.edge < 0.1


def test_target_and_error_can_be_compared_too(bench):
    _, page = evaluated(bench)
    page.left.setFocus()
    QTest.keyClick(page.left, Qt.Key.Key_Down)
    page.right.setFocus()
    QTest.keyClick(page.right, Qt.Key.Key_Down)
    assert (page.left.currentText(), page.right.currentText()) == ("Target", "Error x4")
    assert (grey_at(page.view, 0.25), grey_at(page.view, 0.75)) == (250, 255)  # 210 four times
    assert "Error x4 right of it" in page.view.accessibleName()


def test_dropped_files_are_made_into_images_and_the_place_is_told(bench, images):
    b = bench("images")
    assert drop(b.panel, images / "digit0.png")
    b.wait(lambda: "1 image written to" in b.panel.setup.status.text())
    assert str(images) in b.panel.setup.status.text()
