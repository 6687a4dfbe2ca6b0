import pytest

from workbench.jobs import EngineDied, describe_exit


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "signal SIGKILL (the system does that when memory runs out)"),
        (-11, "signal SIGSEGV (a fault in native code"),
        (-4, "built for a newer processor"),
        (-99, "signal 99"),
        (3, "status 3"),
        (0, "the engine ended"),
        (None, "went away"),
    ],
)
def test_an_exit_status_in_words(code, words):
    assert words in describe_exit(code)
    assert str(EngineDied(code)) == describe_exit(code)
