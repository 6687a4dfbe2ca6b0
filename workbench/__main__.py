"""The console script: opens the window, or runs a headless command.

Nothing heavy is imported until it is known what was asked for: no Qt for a command, no TensorFlow at all.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import workbench
from workbench.text import did_you_mean

BAD_INPUT = 1
WRONG_USAGE = 2
_QT_PACKAGES = ("PySide6", "shiboken6")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one invocation and returns its exit code: 0 done, 1 bad input, 2 wrong usage, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from workbench import cli
    from workbench.cli.door import printing_guarded

    if arguments[:1] == ["help"]:
        arguments = [*(name for name in arguments[1:2] if name in cli.COMMANDS), "--help"]
    if arguments and arguments[0] in cli.COMMANDS:
        return cli.run(arguments)
    with printing_guarded():
        options, more = _parser(cli.COMMANDS).parse_known_args(arguments)
        if more and (options.file is None or options.file.exists() or options.file.suffix):
            _parser(cli.COMMANDS).error(f"unrecognized arguments: {' '.join(more)}")
    if options.file is not None and not options.file.is_file():
        return _refuse_file(options.file, cli.COMMANDS)
    return _open_window(options.file)


def _parser(commands: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        usage="workbench [FILE]\n       workbench COMMAND ...",
        allow_abbrev=False,
        description="Opens the window, on FILE if one is given.",
        epilog="commands, which need no display and each take --help:\n"
        + "\n".join(f"  {name:<12} {summary}" for name, summary in commands.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a project (*.workbench)")
    parser.add_argument("-V", "--version", action="version", version=f"CNN Workbench {workbench.__version__}")
    return parser


def _refuse_file(path: Path, commands: Mapping[str, str]) -> int:
    """A missing project is bad input; a word that is neither a project nor a command is wrong usage."""
    if path.exists():
        return _refuse(f"{path} is not a file; expected a project (*.workbench)", BAD_INPUT)
    if path.suffix:
        return _refuse(f"{path}: no such file", BAD_INPUT)
    near = did_you_mean(str(path), commands)
    return _refuse(f"{path}: no such command or file{near or '; commands: ' + ', '.join(commands)}", WRONG_USAGE)


def _open_window(path: Path | None) -> int:
    from workbench.cli.display import has_display

    if not has_display():
        return _refuse_window("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)")
    try:
        from workbench.ui.app import run_gui
    except ImportError as error:
        if not _is_from_qt(error):
            raise
        return _refuse_window(f"Qt cannot be loaded ({error})")
    return run_gui(path)


def _is_from_qt(error: ImportError) -> bool:
    """Whether PySide6 is missing, or a system library is (the error then names `QtWidgets` and its file)."""
    return any(package in f"{error.name} {error.path}" for package in _QT_PACKAGES)


def _refuse_window(reason: str) -> int:
    from workbench import cli

    return _refuse(f"no window: {reason}. Commands that need none: {', '.join(cli.COMMANDS)}.", WRONG_USAGE)


def _refuse(message: str, exit_code: int) -> int:
    from workbench.cli.door import guarded

    print(f"workbench: {message}", file=guarded(sys.stderr))
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
