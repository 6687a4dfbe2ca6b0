"""`workbench summary FILE`: a row a primitive layer, and totals."""

import argparse
import sys
from typing import Any

from workbench.analysis.tables import (
    COLUMNS,
    NUMBERS,
    LayerRow,
    Sums,
    bounded,
    cells,
    layer_rows,
    sums,
    to_csv,
    to_markdown,
)
from workbench.cli.errors import BAD_INPUT
from workbench.cli.options import add_file
from workbench.cli.output import print_json, print_table
from workbench.cli.projects import Opened, open_project
from workbench.text import markdown_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--json | --csv | --markdown]."""
    parser.epilog = (
        "Blocks are listed as the layers they expand into. A MAC is a multiplication in a convolution, dense layer, "
        "matrix product or attention; 1 MAC is 2 FLOPs. Shapes and costs are for one sample."
    )
    add_file(parser)
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="print one JSON document")
    formats.add_argument("--csv", action="store_true", help="print comma-separated values, for a spreadsheet")
    formats.add_argument("--markdown", action="store_true", help="print a Markdown table")


def run(arguments: argparse.Namespace) -> int:
    """Prints what is known; where the project has errors they are told too and the exit code is 1."""
    opened = open_project(arguments.file)
    rows = {name: layer_rows(opened.analysis.of(name)) for name in opened.project.graphs}
    if arguments.json:
        print_json(_document(rows))
    elif arguments.csv:
        _print_csv(rows)
    elif arguments.markdown:
        _print_markdown(rows)
    else:
        _print_tables(opened, rows)
    for line in opened.error_lines():
        print(line, file=sys.stderr)
    return BAD_INPUT if opened.errors else 0


def _document(rows: dict[str, list[LayerRow]]) -> dict[str, Any]:
    """The summary as data; the outer totals are summed over the graphs."""
    graphs = [
        {"name": name, "layers": [_layer(row) for row in layers], **_totals(sums(layers))}
        for name, layers in rows.items()
    ]
    every = sums(row for layers in rows.values() for row in layers)
    return {"graphs": graphs, **_totals(every)}


def _layer(row: LayerRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": row.type,
        "output_shape": _output_shape(row),
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
        "receptive_field": _receptive_field(row),
    }


def _output_shape(row: LayerRow) -> Any:
    """Without the batch axis, null for a size that is not known; by port where a layer has several outputs."""
    shapes = {port: spec.shape for port, spec in row.outputs}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()), None)


def _receptive_field(row: LayerRow) -> Any:
    """A size for each spatial axis, or "whole input"."""
    if row.field is None or row.field.whole:
        return None if row.field is None else str(row.field)
    return [axis.size for axis in row.field.axes]


def _totals(total: Sums) -> dict[str, int | None]:
    """Null where a part of the sum is not known."""
    return {
        "total_params": total.params if total.params_whole else None,
        "trainable_params": total.trainable_params if total.params_whole else None,
        "macs": total.macs if total.macs_whole else None,
    }


_SHOWN = tuple(column for column in COLUMNS if column not in ("FLOPs", "activation bytes", "stride"))
"""What fits on a terminal; CSV and Markdown have every column."""


def _print_tables(opened: Opened, rows: dict[str, list[LayerRow]]) -> None:
    for name, layers in rows.items():
        print(f"{opened.path}: {name}")
        named = [dict(zip(COLUMNS, cells(row), strict=True)) for row in layers]
        print_table(_SHOWN, [tuple(_written(row[column]) for column in _SHOWN) for row in named], NUMBERS & {*_SHOWN})
        total = sums(layers)
        trainable = f"{bounded(f'{total.trainable_params:,}', total.params_whole)} of them trainable"
        macs = bounded(f"{total.macs:,}", total.macs_whole)
        print(f"{bounded(f'{total.params:,}', total.params_whole)} parameters, {trainable}; {macs} MACs a sample")


def _written(cell: str | int | None) -> str:
    return "?" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell


def _print_csv(rows: dict[str, list[LayerRow]]) -> None:
    """One table: with several graphs, names start with the graph's."""
    several = len(rows) > 1
    named = [
        row._replace(name=f"{graph}/{row.name}") if several else row for graph, layers in rows.items() for row in layers
    ]
    print(to_csv(named), end="")


def _print_markdown(rows: dict[str, list[LayerRow]]) -> None:
    for graph, layers in rows.items():
        print(f"## {markdown_text(graph)}\n\n{to_markdown(layers)}")
