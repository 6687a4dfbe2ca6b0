"""The engine process: `python -m workbench.engine --channel FD`, started by `workbench.jobs`."""

import argparse
import contextlib
import os
import signal
import socket
import sys

from workbench.engine.server import Server
from workbench.protocol import engine_channel

_NICENESS = 10
"""Below the window, which has to stay smooth while every core computes."""


def main() -> int:
    """Serves the client at the other end of the socket whose descriptor was inherited."""
    parser = argparse.ArgumentParser(prog="workbench.engine", description="Started by the workbench.")
    parser.add_argument("--channel", type=int, required=True, metavar="FD")
    options = parser.parse_args()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    server = Server(engine_channel(socket.socket(fileno=options.channel)))
    # Ctrl-C in the terminal that started the editor reaches us too: the editor decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: server.end())
    return server.run()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # TensorFlow's threads may outlive an orderly exit, or crash in it; the run is on disk by now.
    os._exit(status)
