"""`workbench new TEMPLATE -o FILE`: a project from a template."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.options import json_assignment, positive, sizes
from workbench.cli.outputs import add_output
from workbench.plugins import SHELF, PretrainedError, take
from workbench.project import LiveAnalysis, Project, ProjectFileError, SetWeights, save_project
from workbench.project.weights import WeightStoreError, store_of, write_weights
from workbench.templates import TemplateError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """TEMPLATE [--input SIZES] [--classes N] [--weights NAME] [-p key=value]... -o FILE [--force]."""
    parser.epilog = "`workbench templates` lists the templates and their parameters."
    parser.add_argument("template", metavar="TEMPLATE", help="the name of a template, as lenet5")
    parser.add_argument("--input", metavar="SIZES", type=sizes, help="height, width and channels, as in 32x32x1")
    parser.add_argument("--classes", metavar="N", type=positive, help="number of classes")
    parser.add_argument(
        "--weights", metavar="NAME", help="pretrained weights by name, as imagenet; with NAME=FILE, from that file"
    )
    parser.add_argument(
        "-p",
        metavar="key=value",
        dest="parameters",
        type=json_assignment,
        action="append",
        default=[],
        help="another parameter of the template; may be repeated",
    )
    add_output(parser, "-o", "--output", metavar="FILE", required=True, help="the project to write")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project and says what it is; one with problems is written too, and says so."""
    try:
        template = SHELF.template(arguments.template)
        project = template.build(_parameters(arguments))
    except TemplateError as error:
        raise WrongUsage(str(error)) from error
    path: Path = arguments.output
    try:
        notes = _take_weights(arguments, project) if arguments.weights else []
        save_project(project, path)
    except TemplateError as error:
        raise WrongUsage(str(error)) from error
    except (PretrainedError, WeightStoreError, ProjectFileError) as error:
        raise InputError(str(error)) from error
    guidance = [template.guidance] if template.guidance else []
    print(f"{path}: {_described(project, path)}", *notes, *guidance, sep="\n")
    return 0


def _take_weights(arguments: argparse.Namespace, project: Project) -> list[str]:
    """Puts the weights into the store beside the project; says what was taken."""
    name, _, file = arguments.weights.partition("=")
    source = SHELF.pretrained(arguments.template, name)
    taken = take(project, source.read(Path(file) if file else None))
    project.apply(SetWeights(write_weights(store_of(arguments.output), taken.weights.items())))
    lines = [f"weights: {source.title} ({source.licence}): {len(taken.layers)} layers"]
    return lines + [f"{layer}: new weights: {why}" for layer, why in taken.left_out.items()]


def _parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    own_options = {"input": arguments.input, "classes": arguments.classes}
    return dict(arguments.parameters) | {name: value for name, value in own_options.items() if value is not None}


def _described(project: Project, path: Path) -> str:
    analysis = LiveAnalysis(project)
    parameters = sum(analysis.of(name).totals.params for name in project.graphs)
    errors = len(analysis.errors)
    told = f"{project.title}, {parameters:,} parameters"
    return f"{told}; it has {errors} error(s): see workbench check {path}" if errors else told
