"""What an exit status says about how an engine ended."""

import signal

_LIKELY = {
    "SIGKILL": "the system does that when memory runs out",
    "SIGSEGV": "a fault in native code, as in a driver or a library",
    "SIGBUS": "a fault in native code, or a full disk or shared memory",
    "SIGILL": "this TensorFlow was built for a newer processor",
    "SIGABRT": "native code gave up, as CUDA does on a fatal error",
    "SIGFPE": "an arithmetic fault in native code",
    "SIGTERM": "another program asked it to end",
    "SIGINT": "it was interrupted from a terminal",
}


class EngineDied(Exception):
    """The engine process ended. `code` is its exit status (negative: the signal), `log` its last lines."""

    def __init__(self, code: int | None, log: str = "") -> None:
        super().__init__(describe_exit(code))
        self.code = code
        self.log = log


def describe_exit(code: int | None) -> str:
    """One sentence for a person; `code` as `subprocess` gives it, None where it is not known."""
    if code is None:
        return "the engine went away"
    if code == 0:
        return "the engine ended"
    if code > 0:
        return f"the engine ended with status {code}; its log says more"
    name = _signal_name(-code)
    likely = _LIKELY.get(name)
    return f"the engine was ended by signal {name}" + (f" ({likely})" if likely else "")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
