"""`workbench dataset SPEC`: what a dataset holds, what is wrong with it, and the same as a folder."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError
from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.progress_bar import data_progress
from workbench.data.export_folder import Exported, export_folder
from workbench.data.health import Finding, Health, check_health, count_images
from workbench.data.source import DatasetError, Source
from workbench.data.sources import open_source

_SHOWN = 10
"""Sizes and problems that are shown to people; JSON has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC [--group COLUMN] [--check] [-o FOLDER] [--json]."""
    parser.epilog = (
        "SPEC: digits, mnist, fashion_mnist, cifar10, cifar100, a folder of class folders, a CSV, a folder of IDX "
        "files, an .npz, or IMAGES::MASKS. With --check the exit code is 1 if something is wrong that spoils training."
    )
    parser.add_argument("spec", metavar="SPEC", help="the dataset")
    parser.add_argument("--group", metavar="COLUMN", default="", help="column of a CSV whose values stay together")
    parser.add_argument(
        "--check", action="store_true", help="read every image: sizes, mean, deviation, unreadable, repeated and leaked"
    )
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, help="write it as a folder of lossless images")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the report. Exit code 1 for a finding that is an error."""
    health, exported = None, None
    try:
        with data_progress() as progress:
            source = open_source(arguments.spec, arguments.group, progress)
            if arguments.check:
                health = check_health(source, None, progress)
            if arguments.output is not None:
                exported = export_folder(source, arguments.output.expanduser().absolute(), progress)
    except DatasetError as error:
        raise InputError(str(error)) from error
    if arguments.json:
        print_json(_record(source, health, exported))
    else:
        _print(source, health, exported)
    return int(health is not None and any(finding.severity == "error" for finding in health.findings))


def _record(source: Source, health: Health | None, exported: Exported | None) -> dict[str, Any]:
    counts = count_images(source)
    record: dict[str, Any] = {
        "name": source.name,
        "images": len(source),
        "classes": [
            {"name": name, "training": row[0], "validation": row[1], "test": row[2]}
            for name, row in zip(source.class_names, counts.tolist(), strict=True)
        ],
        "masks": source.masked,
        "groups": len(set(source.groups) - {""}),
        "left_out": [str(problem) for problem in source.problems],
        "digest": source.digest,
    }
    if health is not None:
        statistics = health.statistics
        record["sizes"] = [
            {"height": height, "width": width, "channels": channels, "images": count}
            for (height, width, channels), count in statistics.sizes.items()
        ]
        record["mean"], record["deviation"] = statistics.mean, statistics.deviation
        record["class_weights"] = dict(zip(source.class_names, statistics.weights, strict=False))
        record["pixels"] = dict(zip(source.class_names, health.pixels, strict=False))
        record["findings"] = [_finding(source, finding) for finding in health.findings]
    if exported is not None:
        record["export"] = {
            "path": str(exported.folder),
            "images": exported.images,
            "skipped": [str(problem) for problem in exported.skipped],
            "rounded": exported.rounded,
        }
    return record


def _finding(source: Source, finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "message": finding.message,
        "advice": finding.advice,
        "samples": [[source.keys[index] for index in group] for group in finding.groups],
        "problems": [str(problem) for problem in finding.problems],
    }


def _print(source: Source, health: Health | None, exported: Exported | None) -> None:
    counts = health.statistics.counts if health else count_images(source)
    rows = [
        (name, *(f"{count:,}" for count in row), *((f"{weight:.3f}",) if health else ()))
        for name, row, weight in zip(
            source.class_names, counts.tolist(), health.statistics.weights if health else [0.0] * len(counts),
            strict=False,
        )
    ]  # fmt: skip
    print(f"{source.name}: {len(source):,} images in {len(source.class_names):,} classes")
    if not source.masked:
        columns = ("class", "training", "validation", "test", *(("weight",) if health else ()))
        print_table(columns, rows, columns[1:])
    if health is not None and health.pixels:
        total = max(1, sum(health.pixels))
        shares = [
            (name, f"{count:,}", f"{count / total:.2%}")
            for name, count in zip(source.class_names, health.pixels, strict=True)
        ]
        print_table(("class", "pixels", "share"), shares, ("pixels", "share"))
    if health is None and source.problems:
        _print_problems(f"{len(source.problems):,} left out", [str(problem) for problem in source.problems])
    if health is not None:
        _print_health(health)
    if exported is not None:
        told = f"{exported.folder}: {exported.images:,} images written"
        rounded = f"; {exported.rounded:,} had values that 16 bits cannot hold and are rounded"
        print(told + (rounded if exported.rounded else ""))
        if exported.skipped:
            _print_problems(f"{len(exported.skipped):,} skipped", [str(problem) for problem in exported.skipped])


def _print_health(health: Health) -> None:
    statistics = health.statistics
    sizes = [
        f"{height}x{width}x{channels} ({count:,})" for (height, width, channels), count in statistics.sizes.items()
    ]
    more = f" and {len(sizes) - _SHOWN:,} more sizes" if len(sizes) > _SHOWN else ""
    print(f"sizes: {', '.join(sizes[:_SHOWN])}{more}")
    print(f"mean: {_numbers(statistics.mean)}  deviation: {_numbers(statistics.deviation)}  (0 is black, 1 is white)")
    for finding in health.findings:
        _print_problems(f"{finding.severity}: {finding.message}. {finding.advice}", list(map(str, finding.problems)))
    if not health.findings:
        print("nothing is wrong")


def _print_problems(heading: str, problems: list[str]) -> None:
    print(heading)
    for problem in problems[:_SHOWN]:
        print(f"  {problem}")
    if len(problems) > _SHOWN:
        print(f"  and {len(problems) - _SHOWN:,} more; --json lists all")


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.4f}" for value in values)
