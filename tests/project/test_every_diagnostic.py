"""From settings to every documented diagnostic, the way the program goes: no fact is handed to the analysis.

A diagnostic that needs a fact which no setting, dataset or machine gives cannot be raised here, and fails.
"""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

import workbench
from tests.analysis.drawn import doubts, errors
from tests.analysis.drawn.row import Row
from workbench.analysis import AnalysisContext
from workbench.project import DatasetSettings, LiveAnalysis, Observations, Observed, Project, Resources, memory_of
from workbench.project.catalogue import PluggedIn, plug_in, unplug
from workbench.project.training import TrainingSettings
from workbench.project.weights import Weights
from workbench.templates import get_template

GUIDE = (Path(*workbench.__path__).parent / "docs" / "diagnostics.md").read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"^\| `([a-z.-]+)` \|", GUIDE, re.MULTILINE)) | set(
    re.findall(r"^`([a-z]+\.[a-z.-]+)` \(", GUIDE, re.MULTILINE)
)
FOLDER = "some/folder"


@pytest.fixture(autouse=True)
def plugged_in():
    """The types of the rows that need types of their own, as a plugin's."""
    types = tuple({kind.key: kind for row in errors.ROWS for kind in row.types}.values())
    plug_in("faulty", PluggedIn(types, str, str))
    yield
    unplug("faulty")


def settings_for(context: AnalysisContext) -> tuple[DatasetSettings, TrainingSettings, Observations]:
    """A dataset that was opened, and settings, from which the facts of a row follow."""
    dataset, observed = DatasetSettings(spec=FOLDER), Observations()
    training = TrainingSettings(batch_size=context.batch_size, epochs=context.steps or 1000)
    classes = context.classes or context.pixel_classes
    images = context.batch_size if context.steps else 1000
    if classes or context.steps:
        names = tuple(str(number) for number in range(classes or 2))
        found = Observed(names, images + 1, given_validation=1, masked=bool(context.pixel_classes))
        observed.note(FOLDER, found)
    if context.target == "image":
        dataset = replace(dataset, target="image")
    return replace(dataset, validation_share=0.0), training, observed


def raised(row: Row) -> set[str]:
    dataset, training, observed = settings_for(row.context)
    project = Project([row.make().graph], dataset, training, blocks=row.blocks)
    analysis = LiveAnalysis(project, observed=observed)
    if row.context.memory_limit is not None:
        analysis.use_resources(Resources(memory_of(project, analysis), 2**20))
    return {problem.code for problem in analysis.diagnostics}


def missing_weights() -> set[str]:
    project = get_template("lenet5").build()
    gone = Project(project.graphs.values(), weights=Weights("0" * 64))
    return {problem.code for problem in LiveAnalysis(gone).diagnostics}


@pytest.mark.parametrize("code", sorted(DOCUMENTED))
def test_a_documented_diagnostic_is_raised_from_settings(code):
    rows = [row for row in (*errors.ROWS, *doubts.ROWS) if row.code == code]
    if code == "weights.missing":
        assert code in missing_weights()
        return
    assert rows, f"no drawing raises {code}"
    assert any(code in raised(row) for row in rows)


def test_the_page_lists_the_codes_of_the_drawings():
    assert len(DOCUMENTED) > 70
    assert DOCUMENTED - {"weights.missing"} == {row.code for row in (*errors.ROWS, *doubts.ROWS)}


def test_every_fact_of_the_context_can_come_from_a_project():
    """A field that nothing fills would keep its default: a check of it could never speak."""
    dataset, _, observed = settings_for(AnalysisContext(classes=3, steps=5))
    training = TrainingSettings(precision="mixed_float16", batch_size=7)
    project = Project(get_template("lenet5").build().graphs.values(), dataset, training, weights=Weights("0" * 64))
    analysis = LiveAnalysis(project, observed=observed)
    analysis.use_resources(Resources(memory_of(project, analysis), 2**20))
    masks, _, seen = settings_for(AnalysisContext(target="masks", pixel_classes=3))
    segmenting = LiveAnalysis(Project(project.graphs.values(), masks), observed=seen)
    default, found = AnalysisContext(), (analysis.of("model").context, segmenting.of("model").context)
    for fact in AnalysisContext.__dataclass_fields__:
        assert any(getattr(context, fact) != getattr(default, fact) for context in found), fact
