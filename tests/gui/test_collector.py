"""Python's collector and the project that is open."""

import gc
import weakref

from tests.gui.conftest import small_project
from workbench.graph import Graph


def test_the_open_project_is_out_of_its_sight_and_back_when_the_window_closes(open_window, qtbot):
    window = open_window(small_project())
    window.document.replace(small_project())
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 10_000)
    window.close()
    assert gc.get_freeze_count() == 0


def test_a_project_that_was_replaced_is_collected_though_it_is_full_of_cycles(open_window, qtbot):
    window = open_window(small_project())
    before: weakref.ref[Graph] = weakref.ref(window.document.graph)
    window.document.replace(small_project())
    window.document.replace(small_project())
    qtbot.waitUntil(lambda: before() is None)
