"""`workbench code FILE`: the network as a Keras script."""

import argparse

from workbench.cli.errors import InputError
from workbench.cli.options import add_file
from workbench.cli.outputs import add_output
from workbench.cli.projects import open_project
from workbench.codegen import keras_script
from workbench.project import write_atomic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [-o script.py]."""
    parser.epilog = "Without -o the script is printed. It needs Keras alone."
    add_file(parser)
    add_output(parser, "-o", "--output", metavar="SCRIPT", help="where to write it")


def run(arguments: argparse.Namespace) -> int:
    """Writes the script; a network that cannot be built is refused with its errors."""
    opened = open_project(arguments.file)
    broken = [problem for problem in opened.errors if problem.node is not None or problem.code == "file"]
    if broken:
        raise InputError(*(problem.line(opened.path) for problem in broken))
    script = keras_script(opened.project)
    if arguments.output is None:
        print(script, end="")
        return 0
    try:
        write_atomic(arguments.output, script.encode())
    except OSError as error:
        raise InputError(f"{arguments.output}: Cannot be written: {error.strerror or error}") from error
    print(f"{arguments.output}: {len(script.splitlines())} lines")
    return 0
