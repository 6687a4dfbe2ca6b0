"""From words to a command and its exit code. Whatever goes wrong becomes lines for a person, never a traceback."""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

from workbench.cli import interruption
from workbench.cli.door import printing_guarded
from workbench.cli.errors import BAD_INPUT, INTERRUPTED, WRONG_USAGE, InputError, WrongUsage
from workbench.cli.logs import keep_details
from workbench.cli.output import print_json
from workbench.cli.outputs import refuse_existing
from workbench.cli.parser import Parser

Run = Callable[[argparse.Namespace], int]


def run_command(name: str, summary: str, words: Sequence[str]) -> int:
    """Parses `words` for the command and runs it."""
    _escape_what_cannot_be_encoded()
    with printing_guarded():
        return _run(name, summary, words)


def _run(name: str, summary: str, words: Sequence[str]) -> int:
    _find_plugins()
    module = import_module(f"workbench.cli.commands.{name.replace('import', 'import_')}")
    parser = Parser(prog=f"workbench {name}", description=f"{name}: {summary}.")
    module.add_arguments(parser)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as exit_:  # --help, or a line about what was wrong
        return int(exit_.code or 0)
    return _guarded(module.run, arguments, parser)


def _guarded(run: Run, arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    wants_json = getattr(arguments, "json", False)
    interruption.last = signal.SIGINT.value
    try:
        refuse_existing(arguments)
        exit_code = run(arguments)
        sys.stdout.flush()
        return interruption.exit_code() if exit_code == INTERRUPTED else exit_code
    except InputError as error:
        return _tell(error.lines, BAD_INPUT, wants_json)
    except WrongUsage as error:
        return _tell([f"{parser.prog}: {error}"], WRONG_USAGE, wants_json)
    except KeyboardInterrupt:
        return _tell(["Interrupted."], interruption.exit_code(), wants_json)
    except BrokenPipeError:
        # The reader, as `head`, has seen enough; Python would complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT
    except Exception as error:
        where = keep_details(parser.prog, traceback.format_exc())
        what = f"{parser.prog}: this is a fault of the program: {type(error).__name__}: {error}. Details: {where}"
        return _tell([what], BAD_INPUT, wants_json)


def _find_plugins() -> None:
    """What plugins offer is there for every command; none of them is imported for that."""
    from workbench.plugins import SHELF

    SHELF.look()


def _tell(lines: Iterable[str], exit_code: int, wants_json: bool) -> int:
    told = [" ".join(line.split()) for line in lines]
    for line in told:
        print(line, file=sys.stderr)
    if wants_json:
        print_json({"errors": told})
    return exit_code


def _escape_what_cannot_be_encoded() -> None:
    """A terminal that cannot show a character gets its escape instead of an exception."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
