"""What a template is: a published network with parameters, and where it was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.layers import Param
from workbench.layers.params import Choice
from workbench.project import Project


class TemplateError(ValueError):
    """A template or parameter that does not exist or a value that does not fit; the message says what does."""


@dataclass(frozen=True)
class Paper:
    """Where a network was published."""

    title: str
    authors: str
    year: int
    url: str

    def __str__(self) -> str:
        return f"{self.authors}, {self.title} ({self.year})"


@dataclass(frozen=True)
class Template:
    """A network to start from. `lesson` says in a sentence or two what it taught the field."""

    name: str
    title: str
    paper: Paper
    implementation: str
    """Address of an open reference implementation."""
    lesson: str
    parameters: tuple[Param, ...]
    make: Callable[[Mapping[str, Any]], Project]
    guidance: str = ""
    """What to do next with the project, where the data do not come by themselves."""

    def build(self, values: Mapping[str, Any] | None = None) -> Project:
        """A project of its own. Raises TemplateError for a parameter that is unknown or does not fit."""
        given = dict(values or {})
        params = {param.name: param for param in self.parameters}
        for name, value in tuple(given.items()):
            if name not in params:
                raise TemplateError(f"{self.name} has the parameters {', '.join(params)}. Received: {name!r}")
            value = given[name] = _as_word(params[name], value)
            problem = params[name].problem(value)
            if problem:
                raise TemplateError(f"{self.name}: {problem}")
        return self.make({**{name: param.default for name, param in params.items()}, **given})


def _as_word(param: Param, value: Any) -> Any:
    """A number that is one of the words to choose among, as `size=28`, is meant as that word."""
    return str(value) if isinstance(param.kind, Choice) and str(value) in param.kind.values else value
