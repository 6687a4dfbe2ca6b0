"""An X display for a benchmark, so that windows are really painted."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

SCREEN = "1440x900x24"


@contextlib.contextmanager
def virtual_display() -> Iterator[dict[str, str]]:
    """The environment for a child process that draws on a new Xvfb display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        yield {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()
