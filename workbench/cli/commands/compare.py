"""`workbench compare A B`: two of runs, projects and Keras models: metrics, costs, settings, layers and weights that
differ."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from workbench.cli.errors import InputError
from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, runs_root
from workbench.importing.weights_file import SUFFIXES
from workbench.project import SUFFIX
from workbench.project.compare import MISSING, GraphDiff, ValueChange
from workbench.project.compare.weights import LayerDistance
from workbench.runs import Comparison, Delta, RunStore, RunStoreError, Side, compare, side_of_project, side_of_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN|FILE RUN|FILE [--runs DIR] [--json]."""
    parser.epilog = (
        "RUN is a name from `workbench runs`, a path, or `latest`; FILE is a project (*.workbench) or a Keras model "
        "(*.keras, *.h5). Weights are compared layer by layer where both have some: of a run its best ones."
    )
    for name in ("before", "after"):
        parser.add_argument(name, metavar="RUN|FILE", help="a run, a project or a Keras model")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints what differs; 0 whether or not something does."""
    store = RunStore(runs_root(arguments))
    compared = compare(_side(store, arguments.before), _side(store, arguments.after))
    if arguments.json:
        print_json(record(compared))
    else:
        _print(compared)
    return 0


def _side(store: RunStore, text: str) -> Side:
    path = Path(text).expanduser()
    if path.suffix == SUFFIX and not path.is_dir():
        return side_of_project(str(path), open_project(path).project)
    if path.suffix in SUFFIXES and path.is_file():
        return _side_of_model(path)
    try:
        return side_of_run(store.resolve(text))
    except RunStoreError as error:
        raise InputError(str(error)) from error


def _side_of_model(path: Path) -> Side:
    from workbench.importing import ModelFileError, import_model

    try:
        model = import_model(path)
    except ModelFileError as error:
        raise InputError(str(error)) from error
    return Side(str(path), model.project, arrays=model.weights)


def record(compared: Comparison) -> dict[str, Any]:
    """A comparison as data; a value that a side does not have is left out."""
    return {
        "before": compared.before,
        "after": compared.after,
        "metrics": [_delta(delta) for delta in compared.metrics],
        "costs": [_delta(delta) for delta in compared.costs],
        "facts": [_change(change) for change in compared.facts],
        "settings": [_change(change) for change in compared.settings],
        "graphs": [_graph(diff) for diff in compared.graphs],
        "remarks": list(compared.remarks),
        "weights": [msgspec.to_builtins(layer) for layer in compared.weights],
    }


def _delta(delta: Delta) -> dict[str, Any]:
    return {"name": delta.name, "before": delta.before, "after": delta.after, "difference": delta.difference}


def _change(change: ValueChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {
        "place": change.place,
        "kind": change.kind,
        **{name: value for name, value in sides.items() if value is not MISSING},
    }


def _graph(diff: GraphDiff) -> dict[str, Any]:
    return {
        "name": diff.name,
        "added": [{"name": node.name, "type": node.type} for node in diff.added],
        "removed": [{"name": node.name, "type": node.type} for node in diff.removed],
        "changed": [
            {"name": node.after.name, "type": node.after.type, "changes": [_change(change) for change in node.changes]}
            for node in diff.changed
        ],
        "wires_added": [str(wire) for wire in diff.wires_added],
        "wires_removed": [str(wire) for wire in diff.wires_removed],
        "reordered": [f"{node}.{port}" for node, port in diff.reordered],
    }


def _print(compared: Comparison) -> None:
    print(f"before: {compared.before}", f"after:  {compared.after}", "", sep="\n")
    numbers = [*compared.metrics, *compared.costs]
    columns = ("number", "before", "after", "difference")
    print_table(columns, map(_number_row, numbers), columns[1:])
    changes = [*_value_rows("", (*compared.facts, *compared.settings)), *_graph_rows(compared.graphs)]
    print()
    if changes:
        print_table(("difference", "before", "after"), changes)
    else:
        print("The same settings and the same network.")
    print(*compared.remarks, sep="\n", end="\n" if compared.remarks else "")
    if compared.weights:
        print()
        headings = ("layer", "weights", "difference", "cosine", "largest")
        print_table(headings, map(_weight_row, compared.weights), headings[1:])


def _number_row(delta: Delta) -> tuple[str, ...]:
    shown = ["" if value is None else f"{value:,.6g}" for value in (delta.before, delta.after)]
    return delta.name, *shown, "" if not delta.difference else f"{delta.difference:+,.6g}"


def _weight_row(layer: LayerDistance) -> tuple[str, ...]:
    """The difference beside the length of the weights before; in words where there is none."""
    numbers = ["" if value is None else f"{value:.4g}" for value in (layer.cosine, layer.largest)]
    share = layer.kind if layer.relative is None or layer.kind == "same" else f"{layer.relative:.2%}"
    return layer.name, f"{layer.params:,}", share, *numbers


def _value_rows(prefix: str, changes: tuple[ValueChange, ...]) -> Iterator[tuple[str, str, str]]:
    for change in changes:
        yield prefix + change.place, _value(change.before), _value(change.after)


def _graph_rows(graphs: tuple[GraphDiff, ...]) -> Iterator[tuple[str, str, str]]:
    for diff in graphs:
        place = f"{diff.name}/"
        for node in diff.removed:
            yield f"{place}{node.name}", node.type, "—"
        for node in diff.added:
            yield f"{place}{node.name}", "—", node.type
        for change in diff.changed:
            yield from _value_rows(f"{place}{change.after.name}: ", change.changes)
        yield from ((f"{place}{wire}", "a wire", "—") for wire in diff.wires_removed)
        yield from ((f"{place}{wire}", "—", "a wire") for wire in diff.wires_added)
        yield from ((f"{place}{node}.{port}", "wires", "in another order") for node, port in diff.reordered)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if value is MISSING else json.dumps(value)
