import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor

from workbench.ui.training.console import Console
from workbench.ui.training.log_entries import LogLevel, printed_level

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def console(qtbot, theme):
    console = Console(theme)
    qtbot.addWidget(console)
    console.resize(700, 200)
    console.show()
    qtbot.waitExposed(console)
    return console


def shown(console):
    return [line[10:] for line in console.text.toPlainText().splitlines()]


def say(console):
    console.add("I was printed\n2026-01-01 10:00:00.123: W tensorflow/core: slow", LogLevel.OUTPUT)
    console.add("Training begins")
    console.add("the batch is small", LogLevel.WARNING)
    console.add("out of memory", LogLevel.ERROR)


def test_levels_choose_what_is_shown(console, qtbot):
    say(console)
    assert len(shown(console)) == 5
    for _ in range(2):
        qtbot.keyClick(console.level, Qt.Key.Key_Down)
    warned = "Warning: 2026-01-01 10:00:00.123: W tensorflow/core: slow"
    assert shown(console) == [warned, "Warning: the batch is small", "Error: out of memory"]
    assert console.count.text() == "3 of 5 entries"
    console.add("more", LogLevel.INFO)
    assert len(shown(console)) == 3
    qtbot.keyClick(console.level, Qt.Key.Key_Home)
    assert shown(console)[-1] == "more"


def test_the_filter_takes_every_word(console, qtbot):
    say(console)
    qtbot.keyClicks(console.filter, "SMALL batch")
    assert shown(console) == ["Warning: the batch is small"]
    console.add("a small one, no b...h")
    console.add("another batch, small too")
    assert shown(console)[-1] == "another batch, small too"
    assert len(shown(console)) == 2


def test_the_newest_line_is_followed_unless_the_reader_is_further_up(console, qtbot):
    for number in range(100):
        console.add(f"line {number}")
    bar = console.text.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert not console.follow.isVisible()
    bar.setValue(10)
    assert console.follow.isVisible()
    console.add("one more")
    assert bar.value() == 10
    qtbot.mouseClick(console.follow, LEFT)
    assert bar.value() == bar.maximum()
    console.add("and another")
    assert bar.value() == bar.maximum()


def test_copying_takes_the_selection_or_everything(console, qtbot):
    console.add("first")
    console.add("second")
    qtbot.mouseClick(console.copy, LEFT)
    assert QGuiApplication.clipboard().text().count("\n") == 1
    cursor = console.text.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.movePosition(QTextCursor.MoveOperation.StartOfWord, QTextCursor.MoveMode.KeepAnchor)
    console.text.setTextCursor(cursor)
    qtbot.mouseClick(console.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "second"


def test_clearing_forgets(console, qtbot):
    console.add("first")
    qtbot.mouseClick(console.clear, LEFT, pos=QPoint(8, 8))
    assert console.text.toPlainText() == ""
    assert not console.text.isVisible()


def test_saving_writes_what_is_shown_or_says_why_not(console, tmp_path):
    notices = []
    console.noticed.connect(notices.append)
    say(console)
    console.write_to(tmp_path / "engine.log")
    assert (tmp_path / "engine.log").read_text().splitlines()[-1].endswith("Error: out of memory")
    console.write_to(tmp_path / "none" / "engine.log")
    assert "No such file" in notices[0].message


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-25 04:00:00.000000: E external/xla: no GPU", LogLevel.ERROR),
        ("W0000 00:00:17.2 cpu_feature: slow", LogLevel.WARNING),
        ("/x/y.py:3: UserWarning: old", LogLevel.WARNING),
        ("ValueError: shapes differ", LogLevel.ERROR),
        ("2026-11-25 04:00:00.000000: I tensorflow: fine", LogLevel.OUTPUT),
        ("an epoch", LogLevel.OUTPUT),
    ],
)
def test_printed_lines_have_the_level_that_they_name(line, level):
    assert printed_level(line) is level


def test_a_machine_without_a_gpu_is_no_error():
    printed = "E0000 00:00:17.1 12 cuda_executor.cc:1309] INTERNAL: failed call to cuInit: UNKNOWN ERROR (303)"
    assert printed_level(printed) is LogLevel.OUTPUT


def test_it_opens_at_the_newest_line(qtbot, theme):
    console = Console(theme)
    qtbot.addWidget(console)
    console.resize(700, 200)
    for number in range(300):
        console.add(f"line {number}")
    console.show()
    qtbot.waitExposed(console)
    bar = console.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
