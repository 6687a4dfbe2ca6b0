"""`workbench templates`: the networks to start from."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.layers import Param
from workbench.plugins import SHELF
from workbench.templates import Template, TemplateError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--json]."""
    parser.epilog = "Start from one with: workbench new NAME -o FILE. Its parameters are set with -p key=value."
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lists every template."""
    templates = list(_templates())
    if arguments.json:
        print_json([_record(template) for template in templates])
    else:
        print_table(("name", "paper", "parameters"), [_row(template) for template in templates])
    return 0


def _templates() -> Iterator[Template]:
    """Those of plugins too; a plugin that does not work is told of on standard error."""
    for name in SHELF.template_titles():
        try:
            yield SHELF.template(name)
        except TemplateError as error:
            print(error, file=sys.stderr)


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
        "pretrained": list(SHELF.pretrained_titles(template.name)),
    }


def _parameter(param: Param) -> dict[str, Any]:
    return {"name": param.name, "default": param.default, "expected": param.kind.expected, "doc": param.doc}


def _row(template: Template) -> tuple[str, ...]:
    parameters = ", ".join(f"{param.name}={_shown(param.default)}" for param in template.parameters)
    sources = list(SHELF.pretrained_titles(template.name))
    weights = f"; --weights {'|'.join(sources)}" if sources else ""
    return template.name, str(template.paper), parameters + weights


def _shown(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)
