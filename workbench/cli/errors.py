"""What ends a command early, and the exit codes."""

BAD_INPUT = 1
WRONG_USAGE = 2
INTERRUPTED = 130


class InputError(Exception):
    """What the command was given has errors; each line is told on its own, with file and place."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class WrongUsage(Exception):
    """Arguments that the parser accepts one by one but that do not fit the command."""
