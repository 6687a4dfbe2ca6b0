"""`workbench check FILE`: what is wrong with a project."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from workbench.analysis import Severity
from workbench.cli.errors import BAD_INPUT
from workbench.cli.options import add_file, add_json
from workbench.cli.output import print_json
from workbench.cli.projects import Problem, UnreadableProject, open_project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--json]."""
    parser.epilog = "Exit code 1 if there is any error; warnings alone give 0."
    add_file(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tells every problem, one a line."""
    path = arguments.file
    try:
        problems = open_project(path).problems
    except UnreadableProject as error:
        if not arguments.json:
            raise
        problems = (error.problem,)
    counts = Counter(problem.severity for problem in problems)
    if arguments.json:
        print_json(_document(path, problems, counts))
    else:
        print(*(problem.line(path) for problem in problems), f"{path}: {_total(counts)}", sep="\n")
    return BAD_INPUT if counts[Severity.ERROR] else 0


def _document(path: Path, problems: Sequence[Problem], counts: Counter[Severity]) -> dict[str, object]:
    return {
        "file": str(path),
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "problems": [_record(problem) for problem in problems],
    }


def _record(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity,
        "code": problem.code,
        "graph": problem.graph,
        "node": problem.node,
        "place": problem.place,
        "message": problem.message,
        "hint": problem.hint,
    }


def _total(counts: Counter[Severity]) -> str:
    told = [f"{count} {severity}{'s' if count > 1 else ''}" for severity in Severity if (count := counts[severity])]
    return ", ".join(told) or "no problems"
