"""Failures as people are told them: what is wrong, what to do, and the detail for a log."""

import re

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_IN_A_CALL, _WITHIN = "Exception encountered when calling", "Error encountered:"


class JobError(Exception):
    """A job cannot give its result. `message` says why, `hint` what to do, `detail` is for a log."""

    def __init__(self, message: str, hint: str = "", detail: str = "", run: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
        self.run = run


class EngineUnavailable(JobError):
    """TensorFlow or Keras cannot be used in this installation."""


def first_line(error: BaseException) -> str:
    """What an exception says, without the explanations below.

    Keras wraps what a layer's `call` raises: its first line names the layer, what went wrong comes below.
    """
    lines = [line.strip() for line in _STYLE.sub("", str(error)).strip().splitlines()]
    if lines and lines[0].startswith(_IN_A_CALL):
        marks = [number for number, line in enumerate(lines) if line.endswith(_WITHIN)]
        below = lines[marks[-1] + 1 :] if marks else lines[1:]
        told = next((line for line in below if line and not line.startswith("Arguments received")), "")
        return f"{lines[0]} {told}".strip()
    return lines[0] if lines else type(error).__name__
