"""`workbench render FILE -o graph.svg`: the graph as a picture."""

import argparse
from pathlib import Path

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.options import add_file
from workbench.cli.outputs import add_output
from workbench.cli.picture import Drawing, drawing_of, to_png, to_svg
from workbench.cli.projects import open_project
from workbench.project import write_atomic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE -o graph.png|graph.svg [--theme light|dark]."""
    parser.epilog = "Nodes stand where they do on the canvas; what never was laid out is laid out here."
    add_file(parser)
    add_output(parser, "-o", "--output", metavar="PICTURE", required=True, help="a .svg or .png file")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="colours (default: light)")


def run(arguments: argparse.Namespace) -> int:
    """Draws every graph of the project, also one with problems."""
    path: Path = arguments.output
    write = {".svg": lambda drawing: to_svg(drawing).encode(), ".png": to_png}.get(path.suffix.lower())
    if write is None:
        raise WrongUsage(f"{path}: expected a picture whose name ends in .svg or .png")
    opened = open_project(arguments.file)
    drawing: Drawing = drawing_of(opened.project, opened.analysis, arguments.theme)
    try:
        write_atomic(path, write(drawing))
    except ValueError as error:
        raise InputError(f"{path}: {error}; an .svg has no such limit") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    print(f"{path}: {drawing.width:g} x {drawing.height:g}")
    return 0
