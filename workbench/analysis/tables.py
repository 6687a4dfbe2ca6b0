"""The model report as rows: every primitive layer with what it gives and costs, and the same as CSV or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from workbench.analysis.graph_analysis import GraphAnalysis
from workbench.analysis.primitives import Primitive, each_primitive
from workbench.analysis.receptive_field import Position, ReceptiveField
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, TensorSpec
from workbench.text import csv_text, markdown_text

UNKNOWN_CELL = "?"


class LayerRow(NamedTuple):
    """One primitive layer, for one sample. None where a size is not known."""

    path: str
    """`<node id>` or `<node id>/<repetition>/<inner id>` in a block: the first part is the node that is drawn."""
    name: str
    type: str
    outputs: tuple[tuple[str, TensorSpec], ...]
    """Spec by output port; empty when shapes are not known."""
    params: int
    trainable_params: int
    macs: int | None
    activation_bytes: int | None
    field: ReceptiveField | None

    @property
    def flops(self) -> int | None:
        """Two for each multiplication."""
        return None if self.macs is None else 2 * self.macs

    @property
    def output(self) -> str:
        """`28x28x6`, or several shapes with commas between."""
        return ", ".join(str(spec) for _, spec in self.outputs) or UNKNOWN_CELL

    @property
    def receptive_field(self) -> str:
        """`14x14`, or `whole input`."""
        return UNKNOWN_CELL if self.field is None else str(self.field)

    @property
    def stride(self) -> str:
        """Input positions from one output position to the next, one number for each axis; empty for no axis."""
        if self.field is None:
            return UNKNOWN_CELL
        steps = [_step(axis.stride) for axis in self.field.axes]
        return "" if self.field.whole else "x".join(steps)


def _step(stride: Position) -> str:
    return str(stride)  # a fraction after a transposed convolution: `1/2`


class Sums(NamedTuple):
    """Totals of rows. What is not known counts as nothing; the `whole` fields tell where a sum is a lower bound."""

    layers: int
    params: int
    trainable_params: int
    macs: int
    activation_bytes: int
    params_whole: bool = True
    macs_whole: bool = True
    activations_whole: bool = True

    @property
    def flops(self) -> int:
        """Two for each multiplication."""
        return 2 * self.macs


def layer_rows(analysis: GraphAnalysis) -> list[LayerRow]:
    """A row for every primitive layer in topological order, blocks expanded."""
    return list(each_layer_row(analysis))


def each_layer_row(analysis: GraphAnalysis) -> Iterator[LayerRow]:
    """The same one by one, for who has to stop on the way; the graph must not change meanwhile."""
    return (_row(primitive) for primitive in each_primitive(analysis) if primitive.node.type not in _PORTS)


_PORTS = (BLOCK_INPUT, BLOCK_OUTPUT)
"""In the definition of a block they stand for what comes in and goes out; they are no layers."""


def _row(primitive: Primitive) -> LayerRow:
    report = primitive.report
    return LayerRow(
        primitive.path,
        primitive.name,
        primitive.kind.label,
        tuple(report.outputs.items()),
        report.params,
        report.trainable_params if primitive.trainable else 0,
        report.macs,
        report.activation_bytes,
        report.receptive_field,
    )


def sums(rows: Iterable[LayerRow]) -> Sums:
    """Totals."""
    kept = list(rows)
    return Sums(
        len(kept),
        sum(row.params for row in kept),
        sum(row.trainable_params for row in kept),
        sum(row.macs or 0 for row in kept),
        sum(row.activation_bytes or 0 for row in kept),
        all(row.outputs for row in kept),
        all(row.macs is not None for row in kept),
        all(row.activation_bytes is not None for row in kept),
    )


def bounded(text: str, whole: bool) -> str:
    """A sum in words: `at least 8` where a part of it is not known."""
    return text if whole else f"at least {text}"


COLUMNS = (
    "name",
    "type",
    "output",
    "parameters",
    "trainable",
    "MACs",
    "FLOPs",
    "activation bytes",
    "receptive field",
    "stride",
)
NUMBERS = frozenset({"parameters", "trainable", "MACs", "FLOPs", "activation bytes"})


def cells(row: LayerRow) -> tuple[str | int | None, ...]:
    """The cells of a row under COLUMNS; None for a number that is not known."""
    costs = (row.params, row.trainable_params, row.macs, row.flops, row.activation_bytes)
    return (row.name, row.type, row.output, *costs, row.receptive_field, row.stride)


def total_cells(total: Sums) -> tuple[str | int | None, ...]:
    """The last row."""
    wholes = (total.params_whole, total.params_whole, total.macs_whole, total.macs_whole, total.activations_whole)
    values = (total.params, total.trainable_params, total.macs, total.flops, total.activation_bytes)
    costs = (value if whole else bounded(f"{value:,}", whole) for value, whole in zip(values, wholes, strict=True))
    return ("total", f"{total.layers:,} layers", "", *costs, "", "")


def to_csv(rows: Sequence[LayerRow]) -> str:
    """Comma-separated values with a heading; a number that is not known is empty, and there is no totals row.

    A cell that a spreadsheet would take for a formula gets a quote in front: names may come from others.
    """
    return csv_text([COLUMNS, *map(cells, rows)])


def to_markdown(rows: Sequence[LayerRow]) -> str:
    """A table with thousands separators and a totals row."""
    lines = [COLUMNS, tuple("---:" if column in NUMBERS else "---" for column in COLUMNS)]
    written = [tuple(_written(cell) for cell in cells(row)) for row in rows]
    bold = tuple(f"**{_written(cell)}**" if cell != "" else "" for cell in total_cells(sums(rows)))
    return "".join(f"| {' | '.join(line)} |\n" for line in (*lines, *written, bold))


def _written(cell: str | int | None) -> str:
    if cell is None:
        return UNKNOWN_CELL
    return f"{cell:,}" if isinstance(cell, int) else markdown_text(cell)
