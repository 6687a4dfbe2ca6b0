"""The health check, from the button to the images that it found."""

import shutil

from PySide6.QtCore import Qt

from tests.gui.dataset.conftest import is_open
from workbench.ui.panels.dataset.opening import State


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def check(panel, qtbot):
    click(qtbot, panel.buttons.check)
    qtbot.waitUntil(lambda: panel.tasks.findings is not None, timeout=20_000)


def titles(panel):
    return [row.finding.title for row in panel.health.rows.rows if not row.indices]


def groups(panel, kind):
    source = panel.dataset.samples.source
    return [
        {source.keys[i] for i in row.indices}
        for row in panel.health.rows.rows
        if row.indices and row.finding.kind == kind
    ]


def test_broken_and_repeated_images_are_listed_marked_and_filtered(panel, type_spec, images, qtbot):
    (images / "cat" / "broken.png").write_bytes(b"\x89PNG nothing")
    shutil.copy(images / "cat" / "000.png", images / "dog" / "stray.png")
    type_spec(images)
    check(panel, qtbot)
    assert panel.health.isVisible()
    assert "1 image cannot be read" in titles(panel)
    assert groups(panel, "Unreadable") == [{"cat/broken"}]
    assert {"cat/000", "dog/stray"} in groups(panel, "Contradicting")
    row = next(row for row in panel.health.rows.rows if row.finding.kind == "Unreadable" and row.indices)
    assert row.where[0] == "broken.png"
    combo = panel.filters.problems
    combo.setCurrentIndex(combo.findData("Contradicting"))
    combo.activated.emit(combo.currentIndex())
    keys = panel.dataset.samples.source.keys
    assert {keys[i] for i in panel.grid.indices} == {"cat/000", "dog/stray"}
    assert panel.tasks.marks()[keys.index("cat/000")] in ("Contradicting", "Leaked", "Duplicate")


def test_a_picked_group_shows_its_images_one_after_the_other(panel, type_spec, images, qtbot):
    shutil.copy(images / "cat" / "000.png", images / "dog" / "stray.png")
    type_spec(images)
    check(panel, qtbot)
    view = panel.health.list
    number = next(i for i, row in enumerate(panel.health.rows.rows) if len(row.indices) == 2)
    view.scrollTo(panel.health.rows.index(number))
    place = view.visualRect(panel.health.rows.index(number)).center()
    seen = set()
    for _ in range(2):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        seen.add(panel.dataset.samples.source.keys[panel.grid.current])
    assert seen == {"cat/000", "dog/stray"}


def test_another_division_makes_the_check_stale(window, panel, type_spec, images, qtbot):
    shutil.copy(images / "cat" / "000.png", images / "dog" / "stray.png")
    type_spec(images)
    check(panel, qtbot)
    line = panel.settings.fields["validation_share"].line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "0.4")
    with qtbot.waitSignal(panel.dataset.divided):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.tasks.findings is None
    assert panel.health.check.isVisibleTo(panel.health)


def test_an_unreadable_image_is_marked_when_it_is_seen(panel, type_spec, images, qtbot):
    (images / "cat" / "broken.png").write_bytes(b"")
    type_spec(images)
    index = panel.dataset.samples.source.keys.index("cat/broken")
    qtbot.waitUntil(lambda: index in panel.dataset.samples.unreadable)
    qtbot.waitUntil(lambda: panel.facts.measured is not None)
    assert "1 unreadable" in panel.facts.labels["Measured"].text()
    assert panel.filters.problems.findData("Unreadable") > 0
    panel.grid.go_to(index)
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=panel.grid.rectangle(index).center())
    qtbot.waitUntil(lambda: "broken.png" in panel.detail.facts["Note"].text().replace("\u200b", ""))


def test_a_folder_that_vanishes_is_told_and_the_window_goes_on(panel, type_spec, images, qtbot):
    type_spec(images)
    shutil.rmtree(images)
    check(panel, qtbot)
    assert "13 images cannot be read" in titles(panel)
    type_spec("digits")
    qtbot.waitUntil(lambda: is_open(panel))
    assert panel.dataset.state is State.OPEN
