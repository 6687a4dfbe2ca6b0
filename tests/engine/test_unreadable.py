"""Images that cannot be read are named, whenever they are found."""

from workbench.engine.supply import Unreadable


def test_what_was_found_before_the_log_is_told_once_it_is_there():
    unreadable, told = Unreadable(), []
    unreadable.add(["cat/empty.jpg: the file is empty"])
    unreadable.tell_to(told.append)
    unreadable.add(["cat/empty.jpg: the file is empty", "cat/cut.jpg: cut off"])
    assert [text.rpartition("place: ")[2].partition(":")[0] for text in told] == ["cat/empty.jpg", "cat/cut.jpg"]
