"""Failures as people are told them: what is wrong, what to do, and the detail for a log."""


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
    """What an exception says, without the explanations below."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
