"""`workbench head FILE --classes N`: another head on a network, to transfer what the rest has learnt."""

import argparse
from pathlib import Path

from workbench.analysis import GraphAnalysis
from workbench.cli.errors import InputError
from workbench.cli.options import add_file, positive
from workbench.cli.outputs import add_output
from workbench.cli.projects import open_project
from workbench.data.facts import known_classes
from workbench.graph import NodeId
from workbench.project import (
    HeadChoice,
    HeadError,
    InGraph,
    Project,
    ProjectFileError,
    find_head,
    replace_head,
    save_project,
    usual_choice,
)
from workbench.project.new_head import ENDINGS, POOLINGS, Part, what_comes, what_goes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE --classes N [--pooling KIND] [--hidden UNITS,...] [--dropout SHARE] [--ending KIND] [--freeze] ..."""
    parser.epilog = "Layers that stay keep their weights. Without -o, FILE itself is changed."
    add_file(parser)
    parser.add_argument("--classes", metavar="N", type=positive, help="number of classes (default: the dataset's)")
    parser.add_argument("--pooling", choices=POOLINGS, help="how maps become a vector; none: a class for each position")
    parser.add_argument("--hidden", metavar="UNITS", type=_units, help="dense layers before the last, as in 256,128")
    parser.add_argument("--dropout", metavar="SHARE", type=float, help="before each dense layer (default 0.2)")
    parser.add_argument("--ending", choices=ENDINGS, help="what the last layer gives (default softmax)")
    parser.add_argument("--freeze", action="store_true", help="freeze the layers that stay")
    parser.add_argument("--graph", metavar="NAME", help="which graph, where there are several")
    parser.add_argument("--output-layer", metavar="NAME", help="which output, where the network has several")
    add_output(parser, "-o", "--output", metavar="FILE", help="the project to write")


def run(arguments: argparse.Namespace) -> int:
    """Replaces the head and says what went and what came."""
    path: Path = arguments.output or arguments.file
    opened = open_project(arguments.file)
    graph_name = _graph(arguments, opened.project)
    analysis = opened.analysis.of(graph_name)
    try:
        head = find_head(analysis, _end(arguments, analysis))
        choice = _choice(arguments, usual_choice(head, _classes(arguments, opened.project)))
        goes, comes = what_goes(analysis, head), what_comes(analysis.graph, head, choice)
        opened.project.apply(InGraph(graph_name, replace_head(analysis.graph, head, choice)))
        save_project(opened.project, path)
    except (HeadError, ProjectFileError) as error:
        raise InputError(f"{arguments.file}: {error}" if isinstance(error, HeadError) else str(error)) from error
    features = analysis.graph.node(head.source).name
    print(f"{path}: features from {features} ({head.features})")
    print(*(_line("-", part) for part in goes), *(_line("+", part) for part in comes), sep="\n")
    return 0


def _line(sign: str, part: Part) -> str:
    return f"{sign} {part.name} ({part.label}) {part.shape}, {part.params:,} parameters"


def _units(text: str) -> tuple[int, ...]:
    try:
        return tuple(positive(word.strip()) for word in text.split(","))
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"expected units as in 256,128. Received: {text!r}") from None


def _graph(arguments: argparse.Namespace, project: Project) -> str:
    names = list(project.graphs)
    name: str = arguments.graph or names[0]
    if name not in names or (arguments.graph is None and len(names) > 1):
        raise InputError(f"{arguments.file}: Expected --graph {' or '.join(names)}. Received: {arguments.graph}")
    return name


def _end(arguments: argparse.Namespace, analysis: GraphAnalysis) -> NodeId | None:
    if arguments.output_layer is None:
        return None
    found = analysis.graph.find_name(arguments.output_layer)
    if found is None:
        raise InputError(f"{arguments.file}: Expected the name of a layer. Received: {arguments.output_layer!r}")
    return found


def _classes(arguments: argparse.Namespace, project: Project) -> int:
    classes: int | None = arguments.classes or known_classes(project.dataset.spec)
    if classes is None:
        raise InputError(f"{arguments.file}: the number of classes is not known; give it with --classes N")
    return classes


def _choice(arguments: argparse.Namespace, usual: HeadChoice) -> HeadChoice:
    def given(name: str) -> object:
        value = getattr(arguments, name)
        return getattr(usual, name) if value is None else value

    names = ("pooling", "dropout", "hidden", "ending", "freeze")
    return HeadChoice(usual.classes, **{name: given(name) for name in names})  # type: ignore[arg-type]
