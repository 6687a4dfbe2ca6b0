"""What analysis is told of a project's settings."""

from dataclasses import replace

import msgspec

from workbench.graph import Graph
from workbench.project import LiveAnalysis, Observations, Project
from workbench.project.edits import SetDataset, SetTraining
from workbench.project.live import context_of
from workbench.templates import TEMPLATES


def test_steps_are_the_batches_of_all_epochs():
    # 1,797 digits less 20 % are 1,437.6 images: 45 batches of 32.
    project, observed = Project([Graph("model")]), Observations()
    assert observed.steps(project.dataset, project.training) == 450
    assert observed.steps(msgspec.structs.replace(project.dataset, spec="some/folder"), project.training) is None


def test_the_context_follows_the_settings():
    project = Project([Graph("model")])
    assert context_of(project).steps == 450
    assert context_of(project).classes == 10
    project.apply(SetDataset(msgspec.structs.replace(project.dataset, spec="some/folder")))
    assert context_of(project) == replace(context_of(project), steps=None, classes=None)


def test_a_short_training_is_warned_of_and_a_longer_one_not():
    project = TEMPLATES["resnet18"].build({"input": [32, 32, 3], "classes": 10})
    live = LiveAnalysis(project)
    project.apply(SetDataset(msgspec.structs.replace(project.dataset, spec="digits")))
    project.apply(SetTraining(msgspec.structs.replace(project.training, epochs=2, batch_size=32)))
    assert "norm.momentum-too-high" in {problem.code for problem in live.diagnostics}
    project.apply(SetTraining(msgspec.structs.replace(project.training, epochs=20)))
    assert "norm.momentum-too-high" not in {problem.code for problem in live.diagnostics}
    live.close()
