"""`workbench new TEMPLATE -o FILE`: a project from a template."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.options import json_assignment, positive, sizes
from workbench.project import LiveAnalysis, Project, ProjectFileError, save_project
from workbench.templates import TemplateError, get_template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """TEMPLATE [--input SIZES] [--classes N] [-p key=value]... -o FILE [--force]."""
    parser.epilog = "`workbench templates` lists the templates and their parameters."
    parser.add_argument("template", metavar="TEMPLATE", help="the name of a template, as lenet5")
    parser.add_argument("--input", metavar="SIZES", type=sizes, help="height, width and channels, as in 32x32x1")
    parser.add_argument("--classes", metavar="N", type=positive, help="number of classes")
    parser.add_argument(
        "-p",
        metavar="key=value",
        dest="parameters",
        type=json_assignment,
        action="append",
        default=[],
        help="another parameter of the template; may be repeated",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the project to write")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project and says what it is; one with problems is written too, and says so."""
    try:
        template = get_template(arguments.template)
        project = template.build(_parameters(arguments))
    except TemplateError as error:
        raise WrongUsage(str(error)) from error
    path: Path = arguments.output
    if path.exists() and not arguments.force:
        raise InputError(f"{path}: there is a file here already; --force replaces it")
    try:
        save_project(project, path)
    except ProjectFileError as error:
        raise InputError(str(error)) from error
    print(f"{path}: {_described(project, path)}")
    if template.guidance:
        print(template.guidance)
    return 0


def _parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    own_options = {"input": arguments.input, "classes": arguments.classes}
    return dict(arguments.parameters) | {name: value for name, value in own_options.items() if value is not None}


def _described(project: Project, path: Path) -> str:
    analysis = LiveAnalysis(project)
    parameters = sum(analysis.of(name).totals.params for name in project.graphs)
    errors = len(analysis.errors)
    told = f"{project.title}, {parameters:,} parameters"
    return f"{told}; it has {errors} error(s): see workbench check {path}" if errors else told
