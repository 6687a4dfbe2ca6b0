"""The signals that end a job as Ctrl-C does: at the batch, with what was done kept."""

import signal

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
last = signal.SIGINT.value
"""The one that came last."""


def exit_code() -> int:
    """What a shell expects of a program that a signal ended: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + last
