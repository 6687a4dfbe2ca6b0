"""`workbench summary FILE`: a row a layer, and totals."""

import argparse
import sys
from typing import Any

from workbench.analysis import GraphAnalysis, LayerReport, ReceptiveField, Totals
from workbench.cli.errors import BAD_INPUT
from workbench.cli.options import add_file, add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.projects import Opened, open_project
from workbench.graph import Node

_NUMBERS = ("parameters", "trainable", "MACs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--json]."""
    parser.epilog = (
        "A MAC is a multiplication in a convolution, dense layer or matrix product; 1 MAC is 2 FLOPs. "
        "Shapes and costs are for one sample."
    )
    add_file(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints what is known; where the project has errors they are told too and the exit code is 1."""
    opened = open_project(arguments.file)
    if arguments.json:
        print_json(document(opened))
    else:
        _print_tables(opened)
    for line in opened.error_lines():
        print(line, file=sys.stderr)
    return BAD_INPUT if opened.errors else 0


def document(opened: Opened) -> dict[str, Any]:
    """The summary as data; the outer totals are summed over the graphs."""
    analyses = {name: opened.analysis.of(name) for name in opened.project.graphs}
    graphs = [
        {"name": name, "layers": _layers(analysis), **_totals(analysis.totals)} for name, analysis in analyses.items()
    ]
    return {"graphs": graphs, **{key: sum(graph[key] for graph in graphs) for key in _totals(Totals())}}


def _layers(analysis: GraphAnalysis) -> list[dict[str, Any]]:
    return [_layer(analysis, analysis.graph.node(node)) for node in analysis.graph.in_order()]


def _layer(analysis: GraphAnalysis, node: Node) -> dict[str, Any]:
    report = analysis.report(node.id)
    layer_type = analysis.catalogue.get(node.type)
    return {
        "name": node.name,
        "type": node.type if layer_type is None else layer_type.label,
        "output_shape": _output_shape(report),
        "params": report.params,
        "trainable_params": report.trainable_params,
        "macs": report.macs,
        "receptive_field": _receptive_field(report.receptive_field),
    }


def _output_shape(report: LayerReport) -> Any:
    """Without the batch axis, null for a size that is not known; by port where a layer has several outputs."""
    shapes = {port: spec.shape for port, spec in report.outputs.items()}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()), None)


def _receptive_field(field: ReceptiveField | None) -> Any:
    """A size for each spatial axis, or "whole input"."""
    if field is None or field.whole:
        return None if field is None else str(field)
    return [axis.size for axis in field.axes]


def _totals(totals: Totals) -> dict[str, int]:
    return {"total_params": totals.params, "trainable_params": totals.trainable_params, "macs": totals.macs}


def _print_tables(opened: Opened) -> None:
    columns = ("layer", "type", "output", *_NUMBERS, "receptive field")
    for name in opened.project.graphs:
        analysis = opened.analysis.of(name)
        print(f"{opened.path}: {name}")
        print_table(
            columns, [_row(analysis, analysis.graph.node(node)) for node in analysis.graph.in_order()], _NUMBERS
        )
        totals = analysis.totals
        trainable = f"{totals.trainable_params:,} of them trainable"
        print(f"{totals.params:,} parameters, {trainable}; {totals.macs:,} MACs a sample")


def _row(analysis: GraphAnalysis, node: Node) -> tuple[str, ...]:
    report = analysis.report(node.id)
    layer_type = analysis.catalogue.get(node.type)
    return (
        node.name,
        node.type if layer_type is None else layer_type.label,
        ", ".join(map(str, report.outputs.values())) or "?",
        f"{report.params:,}",
        f"{report.trainable_params:,}",
        "?" if report.macs is None else f"{report.macs:,}",
        "?" if report.receptive_field is None else str(report.receptive_field),
    )
