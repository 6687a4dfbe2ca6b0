"""The parser of all commands: no abbreviations, so that a new option breaks no script; near words for wrong options."""

import argparse
from typing import NoReturn

from workbench.text import did_you_mean

_UNKNOWN = "unrecognized arguments: "


class Parser(argparse.ArgumentParser):
    """Says which option may have been meant; an option is written whole."""

    def __init__(self, *, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Adds the nearest option to what argparse says of an unknown one."""
        word = message.removeprefix(_UNKNOWN).partition(" ")[0].partition("=")[0]
        if message.startswith(_UNKNOWN) and word.startswith("-"):
            message += did_you_mean(word, self._option_string_actions)
        super().error(message)
