"""Messages above the canvas, and the exceptions that end there."""

import sys
import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton

from workbench.ui.faults import Faults
from workbench.ui.notices import KEPT, Level, Notice, NoticeBoard

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def board(qtbot, theme) -> NoticeBoard:
    board = NoticeBoard(theme)
    qtbot.addWidget(board)
    return board


def button(board: NoticeBoard, text: str) -> QPushButton:
    return next(found for found in board.findChildren(QPushButton) if found.text() == text)


def test_a_notice_stays_until_it_is_dismissed(board):
    assert not board.isVisible()
    board.post(Notice(Level.ERROR, "Cannot open a.workbench"))
    assert board.isVisible()
    QTest.mouseClick(board.findChild(QToolButton), LEFT)
    assert not board.isVisible()
    assert board.notices == ()


def test_a_topic_has_one_notice(board):
    board.post(Notice(Level.ERROR, "first", topic="file"))
    board.post(Notice(Level.ERROR, "other"))
    board.post(Notice(Level.ERROR, "second", topic="file"))
    assert [notice.message for notice in board.notices] == ["other", "second"]


def test_notices_do_not_push_the_canvas_away(board):
    for number in range(KEPT + 3):
        board.post(Notice(Level.ERROR, str(number)))
    assert [notice.message for notice in board.notices] == [str(number) for number in range(3, KEPT + 3)]


def test_a_button_acts_and_closes(board):
    pressed = []
    board.post(Notice(Level.WARNING, "kept", buttons=(("Recover", lambda: pressed.append(True)),)))
    QTest.mouseClick(button(board, "Recover"), LEFT)
    assert pressed == [True]
    assert board.notices == ()


def test_details_unfold(board):
    board.post(Notice(Level.ERROR, "failed", "line one\nline two"))
    text = board.findChild(QPlainTextEdit)
    assert not text.isVisible()
    QTest.mouseClick(button(board, "Details"), LEFT)
    assert text.isVisible()
    assert text.toPlainText() == "line one\nline two"


def test_only_good_news_passes():
    assert Notice(Level.OK, "saved").passes
    assert not Notice(Level.OK, "saved", buttons=(("Show", print),)).passes
    assert not Notice(Level.WARNING, "careful").passes


@pytest.fixture
def faults(qapp):
    faults = Faults()
    heard = []
    faults.happened.connect(lambda text, detail: heard.append((text, detail)))
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    faults.install()
    yield heard
    faults.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks


@pytest.mark.expects_warnings
def test_an_exception_in_a_slot_becomes_one_message(qtbot, faults):
    hook = sys.excepthook

    def fail() -> None:
        raise RuntimeError("the slot broke")

    with qtbot.captureExceptions():
        sys.excepthook = hook
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(faults))
    ((text, detail),) = faults
    assert "the slot broke" in text
    assert "Your project is kept" in text
    assert "in fail" in detail


@pytest.mark.expects_warnings
def test_an_exception_in_a_thread_is_heard_in_the_window(qtbot, faults):
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(faults))
    assert "in thread worker" in faults[0][0]
    assert "division by zero" in faults[0][0]


@pytest.mark.expects_warnings
def test_an_exception_while_cleaning_up_is_heard(qtbot, faults):
    class Breaks:
        def __del__(self) -> None:
            raise ValueError("too late")

    Breaks()
    qtbot.waitUntil(lambda: bool(faults))
    assert "too late" in faults[0][0]
