"""Problems of a project beside those of its graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis import Diagnostic, Fix, Severity
from workbench.project.edits import SetWeights
from workbench.project.ways_out import OfProject

if TYPE_CHECKING:
    from workbench.project.document import Project


def project_problems(project: Project) -> tuple[Diagnostic, ...]:
    """What is wrong beside the graphs; quick, and reads no file."""
    weights = project.weights
    if weights is None or weights.file is not None or project.training.initial_weights == "scratch":
        return ()
    origin = f" ({weights.source})" if weights.source else ""
    return (
        Diagnostic(
            "weights.missing",
            Severity.WARNING,
            f"The project's weights{origin} are missing: expected {weights.digest[:12]}….h5 beside its file.",
            hint="Put the folder FILE.weights back beside the file and open it again, choose other initial weights in "
            "the Training panel, or start from scratch.",
            fixes=(Fix("Start from scratch", OfProject(SetWeights(None, "Start from scratch"))),),
        ),
    )
