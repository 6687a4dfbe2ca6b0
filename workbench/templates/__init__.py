"""The classic networks as projects to start from."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.templates.lenet5 import LENET5
from workbench.templates.template import Paper, Template, TemplateError

TEMPLATES: Mapping[str, Template] = MappingProxyType({template.name: template for template in (LENET5,)})
"""Templates by name, oldest network first."""


def get_template(name: str) -> Template:
    """The template with this name. Raises TemplateError, naming those there are."""
    if name not in TEMPLATES:
        raise TemplateError(f"Expected a template: {', '.join(TEMPLATES)}. Received: {name!r}")
    return TEMPLATES[name]


__all__ = ["TEMPLATES", "Paper", "Template", "TemplateError", "get_template"]
