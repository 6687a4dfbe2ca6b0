"""Opening projects for commands, and their problems as lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.analysis import Diagnostic, Severity
from workbench.cli.errors import InputError
from workbench.project import (
    LiveAnalysis,
    Project,
    ProjectFileError,
    Resources,
    load_project,
    memory_of,
    most_free_memory,
)
from workbench.project.augmentation import augmentation_problems, subject_of


@dataclass(frozen=True)
class Problem:
    """One problem of a project, wherever it was found. `place` is `graph/node`, or a place in the file."""

    severity: Severity
    code: str
    message: str
    hint: str = ""
    place: str = ""
    graph: str = ""
    node: str | None = None
    """The node's name."""

    def line(self, path: Path) -> str:
        """As compilers tell it: file, place, severity, code, message, what to do."""
        start = f"{path}: {self.place}: " if self.place else f"{path}: "
        return f"{start}{self.severity}: {self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True)
class Opened:
    """A project from a file with its analysis and every problem, those of the file first."""

    path: Path
    project: Project
    analysis: LiveAnalysis
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the network from being built."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    def error_lines(self) -> list[str]:
        """A line an error."""
        return [problem.line(self.path) for problem in self.errors]


class UnreadableProject(InputError):
    """A file that cannot be opened at all."""

    def __init__(self, error: ProjectFileError) -> None:
        super().__init__(str(error))
        self.problem = Problem(Severity.ERROR, "file", error.message, place=error.place)


def open_project(path: Path, change: Callable[[Project], None] | None = None) -> Opened:
    """A project, changed as a command says before its problems are looked for. Raises UnreadableProject."""
    try:
        loaded = load_project(path)
    except ProjectFileError as error:
        raise UnreadableProject(error) from error
    if change is not None:
        change(loaded.project)
    analysis = LiveAnalysis(loaded.project)
    analysis.use_resources(Resources(memory_of(loaded.project, analysis), most_free_memory()))
    in_file = (Problem(Severity.ERROR, "file", part.message, place=part.place) for part in loaded.problems)
    found = (*_found(loaded.project, analysis), *_in_augmentation(loaded.project))
    return Opened(path, loaded.project, analysis, (*in_file, *found))


def _found(project: Project, analysis: LiveAnalysis) -> Iterator[Problem]:
    for diagnostic in analysis.diagnostics:
        node = _node_name(project, diagnostic)
        place = diagnostic.graph if node is None else f"{diagnostic.graph}/{node}"
        yield Problem(
            diagnostic.severity, diagnostic.code, diagnostic.message, diagnostic.hint, place, diagnostic.graph, node
        )


def _in_augmentation(project: Project) -> Iterator[Problem]:
    for found in augmentation_problems(project.augmentation, subject_of(project)):
        yield Problem(found.severity, found.code, found.message, found.hint, found.place)


def _node_name(project: Project, diagnostic: Diagnostic) -> str | None:
    return None if diagnostic.node is None else project.graph(diagnostic.graph).node(diagnostic.node).name
