"""The console script: opens the window, or runs a headless command.

Nothing heavy is imported until it is known what was asked for: no Qt for a command, no TensorFlow at all.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import workbench

WRONG_USAGE = 2
# Qt platform plugins that draw without a display server.
_DISPLAYLESS_PLATFORMS = frozenset({"offscreen", "minimal", "minimalegl", "linuxfb", "eglfs", "vnc"})


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one invocation and returns its exit code: 0 done, 1 bad input, 2 wrong usage, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from workbench import cli

    if arguments and arguments[0] in cli.COMMANDS:
        return cli.run(arguments)
    options = _parser(cli.COMMANDS).parse_args(arguments)
    if options.file is not None and not options.file.is_file():
        return _refuse(_not_a_file(options.file, cli.COMMANDS))
    return _open_window(options.file)


def missing_display() -> str | None:
    """Why no window can open here, in a few words; None where one can."""
    if sys.platform == "linux" and not _has_display(os.environ):
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt cannot be loaded ({error})"
    return None


def _has_display(environment: "os._Environ[str]") -> bool:
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _DISPLAYLESS_PLATFORMS:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _parser(commands: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Opens the window, on FILE if one is given.",
        epilog=f"Without a display: workbench {{{','.join(commands)}}}. Each takes --help.",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a project (*.workbench)")
    parser.add_argument("--version", action="version", version=f"CNN Workbench {workbench.__version__}")
    return parser


def _not_a_file(path: Path, commands: Sequence[str]) -> str:
    wanted = f"expected a project file or one of: {', '.join(commands)}"
    return (
        f"{path}: no such file or command; {wanted}" if not path.exists() else f"{path}: not a file; {wanted}"
    )


def _open_window(path: Path | None) -> int:
    problem = missing_display()
    if problem is not None:
        from workbench import cli

        return _refuse(f"no window: {problem}. Commands that need none: {', '.join(cli.COMMANDS)}.")
    from workbench.ui.app import run_gui

    return run_gui(path)


def _refuse(message: str) -> int:
    print(f"workbench: {message}", file=sys.stderr)
    return WRONG_USAGE


if __name__ == "__main__":
    sys.exit(main())
