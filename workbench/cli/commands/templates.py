"""`workbench templates`: the networks to start from."""

import argparse
from typing import Any

from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.layers import Param
from workbench.templates import TEMPLATES, Template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--json]."""
    parser.epilog = "Start from one with: workbench new NAME -o FILE. Its parameters are set with -p key=value."
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lists every template."""
    if arguments.json:
        print_json([_record(template) for template in TEMPLATES.values()])
    else:
        print_table(("name", "paper", "parameters"), [_row(template) for template in TEMPLATES.values()])
    return 0


def _record(template: Template) -> dict[str, Any]:
    paper = template.paper
    return {
        "name": template.name,
        "title": template.title,
        "paper": {"title": paper.title, "authors": paper.authors, "year": paper.year, "url": paper.url},
        "implementation": template.implementation,
        "lesson": template.lesson,
        "guidance": template.guidance,
        "parameters": [_parameter(param) for param in template.parameters],
    }


def _parameter(param: Param) -> dict[str, Any]:
    return {"name": param.name, "default": param.default, "expected": param.kind.expected, "doc": param.doc}


def _row(template: Template) -> tuple[str, ...]:
    parameters = ", ".join(f"{param.name}={_shown(param.default)}" for param in template.parameters)
    return template.name, str(template.paper), parameters


def _shown(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)
