import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from workbench.ui.training.export_dialog import FORMATS, ExportDialog, refuse

LEFT = Qt.MouseButton.LeftButton


def trained(bench):
    b = bench()
    b.qtbot.mouseClick(b.panel.train_button, LEFT)
    b.wait_for("Trained 2 epochs")
    b.wait(lambda: b.panel.export_button.isEnabled())
    return b


def dialog_of(b):
    b.qtbot.mouseClick(b.panel.export_button, LEFT)
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog)]
    assert len(found) == 1
    b.qtbot.waitExposed(found[0])
    return found[0]


def export_to(b, target):
    dialog = dialog_of(b)
    dialog.target.selectAll()
    b.qtbot.keyClicks(dialog.target, str(target))
    b.qtbot.keyClick(dialog.target, Qt.Key.Key_Return)


def test_nothing_to_export_before_the_first_run(bench):
    b = bench()
    b.training.warm_up()
    assert not b.panel.export_button.isEnabled()
    assert "no run to export" in b.panel.export_button.toolTip()
    b.training.export()
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog)]


def test_an_export_says_the_largest_difference(bench, tmp_path):
    b = trained(bench)
    export_to(b, tmp_path / "model")
    b.wait(lambda: any("largest difference 3.0e-07 (allowed 1e-05)" in notice.message for notice in b.notices))
    told = b.notices[-1]
    assert str(tmp_path / "model") in told.message
    assert "360 held-out images" in told.message
    assert [text for text, _ in told.buttons] == ["Open folder"]
    assert "Exported" not in b.headline  # that is of the training
    assert (tmp_path / "model").is_dir()


def test_an_export_that_differs_is_a_failed_one(bench, tmp_path):
    b = trained(bench)
    b.engine.script = "failing"
    b.training.session._thread.kill()
    b.wait_for("The engine process is gone")
    export_to(b, tmp_path / "model")
    b.wait(lambda: b.notices and "The export failed: the outputs differ by 0.2" in b.notices[-1].message)
    assert b.notices[-1].level.value == "error"


def test_the_dialog_suggests_a_place_beside_the_project(bench, tmp_path):
    b = trained(bench)
    b.document.mark_saved(tmp_path / "net.workbench")
    dialog = dialog_of(b)
    assert dialog.target.text() == str(tmp_path / f"{b.listed[0][0]}-savedmodel")
    assert b.listed[0][0] in dialog.run.currentText()
    b.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not b.training.busy


@pytest.mark.parametrize(
    ("place", "words"),
    [("", "Expected a folder"), ("model", "whole path"), ("{file}", "is a file"), ("{full}", "holds other things")],
)
def test_places_that_cannot_take_an_export(tmp_path, place, words):
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    text = place.format(file=tmp_path / "file", full=tmp_path / "full")
    assert words in refuse(text, FORMATS["savedmodel"])


def test_places_that_can(tmp_path):
    (tmp_path / "empty").mkdir()
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    (earlier / "saved_model.pb").write_text("")
    assert [refuse(str(tmp_path / name), FORMATS["savedmodel"]) for name in ("new", "empty", "earlier")] == [""] * 3


def test_a_file_has_its_ending_and_replaces_none(tmp_path):
    (tmp_path / "there.keras").write_text("x")
    assert refuse(str(tmp_path / "new.keras"), FORMATS["keras"]) == ""
    assert "ends in .keras" in refuse(str(tmp_path / "new.tflite"), FORMATS["keras"])
    assert "is there already" in refuse(str(tmp_path / "there.keras"), FORMATS["keras"])
