"""`workbench weights FILE`: what becomes of each layer's weights; --from takes over those of a run or a file."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError
from workbench.cli.initial_weights import taken
from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.outputs import add_output
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, runs_root
from workbench.project import ProjectFileError, SetTraining, SetWeights, assign, save_project
from workbench.project.weight_matching import Fit, fit_of, stored_shapes
from workbench.project.weights import WeightStoreError

_WORDS = {"kept": "kept", "changed": "other shapes", "new": "begins anew", "unused": "not in this network"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--from RUN|FILE [-o FILE]] [--runs DIR] [--json]."""
    parser.epilog = (
        "Without --from nothing is written. With it the project's next training begins with the weights of a run "
        "(its best ones) or of a file (.keras, .h5, .weights.h5, .workbench), layer by layer where they fit."
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a project (*.workbench)")
    parser.add_argument("--from", dest="source", metavar="RUN|FILE", help="weights to take over into the project")
    add_output(parser, "-o", "--output", metavar="FILE", help="save there instead of in FILE")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints a row a layer. Raises InputError where there are no weights, or none fits."""
    project = open_project(arguments.file).project
    if arguments.source:
        weights = taken(project, arguments.source, runs_root(arguments))
        project.apply(SetWeights(weights))
        project.apply(SetTraining(assign(project.training, {"initial_weights": "project"})))
        try:
            save_project(project, arguments.output or arguments.file)
        except ProjectFileError as error:
            raise InputError(str(error)) from error
    if project.weights is None:
        raise InputError(f"{arguments.file}: this project has no weights; take some over with --from RUN|FILE")
    try:
        fit = fit_of(project, stored_shapes(project.weights))
    except WeightStoreError as error:
        raise InputError(str(error)) from error
    if arguments.json:
        print_json(record(project.weights.source, fit))
    else:
        _print(project.weights.source, fit)
    return 0


def record(source: str, fit: Fit) -> dict[str, Any]:
    """The fit as data: names of layers; `unused` are paths in the store."""
    return {"source": source, **{group: list(getattr(fit, group)) for group in _WORDS}}


def _print(source: str, fit: Fit) -> None:
    if source:
        print(f"weights of {source}", "", sep="\n")
    total = len(fit.kept) + len(fit.changed) + len(fit.new)
    print(f"{len(fit.kept):,} of {total:,} layers keep their weights{_others(fit)}", "", sep="\n")
    print_table(
        ("layer", "weights"), [(name, words) for group, words in _WORDS.items() for name in getattr(fit, group)]
    )


def _others(fit: Fit) -> str:
    """How many do not, by what becomes of them."""
    counts = [(len(getattr(fit, group)), words) for group, words in _WORDS.items() if group != "kept"]
    return "".join(f"; {count:,} {words}" for count, words in counts if count)
