"""What was found in a dataset counts for the diagnostics."""

import numpy as np
import pytest
from msgspec.structs import replace

from tests.analysis.networks import lenet5
from workbench.data.feed import divide
from workbench.data.sources.arrays import ArraySource
from workbench.project import DatasetSettings, LiveAnalysis, Observations, Observed, Project, SetDataset
from workbench.templates import get_template

SEVEN = tuple("abcdefg")


def test_classes_of_an_opened_folder_are_compared_with_the_outputs():
    project, observed = Project([lenet5().graph]), Observations()
    live = LiveAnalysis(project, observed=observed)
    project.apply(SetDataset(replace(project.dataset, spec="a/folder")))
    assert not live.errors
    told = []
    live.subscribe(lambda graph, ids: told.append(graph))
    assert observed.note("a/folder", Observed(SEVEN, 700))
    assert not observed.note("a/folder", Observed(SEVEN, 700))
    live.use_settings()
    (problem,) = live.errors
    assert "Expected an output of 7" in problem.message
    assert told
    project.apply(SetDataset(replace(project.dataset, spec="another")))
    assert not live.errors


def test_classes_of_pixels_are_not_asked_of_a_classifier_output():
    project, observed = Project([lenet5().graph]), Observations()
    observed.note("images::masks", Observed(("background", "cell"), 30, masked=True))
    project.apply(SetDataset(replace(project.dataset, spec="images::masks")))
    assert observed.classes("images::masks") is None
    assert [problem.code for problem in LiveAnalysis(project, observed=observed).errors] == ["output.map"]


@pytest.mark.parametrize("template", ["unet", "unet-same"])
def test_the_outputs_of_a_unet_are_right_for_masks(template):
    project, observed = get_template(template).build({"width": 0.1}), Observations()
    project.apply(SetDataset(replace(project.dataset, spec="images::masks")))
    assert not LiveAnalysis(project, observed=observed).diagnostics
    observed.note("images::masks", Observed(("background", "cell"), 30, masked=True))
    assert not LiveAnalysis(project, observed=observed).errors
    observed.note("images::masks", Observed(("sky", "road", "tree"), 30, masked=True))
    (problem,) = LiveAnalysis(project, observed=observed).errors
    assert "height x width x 3, one for each class of the masks. Received: 388x388x2" in problem.message.replace(
        "512x512x2", "388x388x2"
    )
    project.apply(SetDataset(replace(project.dataset, target="image")))
    assert [problem.code for problem in LiveAnalysis(project, observed=observed).errors] == ["output.map"]


def test_targets_follow_the_settings_and_the_dataset():
    observed, data = Observations(), DatasetSettings(spec="digits")
    assert observed.target(data) == "classes"
    assert observed.target(replace(data, spec="images::masks")) == "masks"
    assert observed.target(replace(data, spec="somewhere")) is None
    assert observed.target(replace(data, target="image")) == "image"


@pytest.mark.parametrize("given", [("",) * 90, ("",) * 60 + ("test",) * 30, ("validation",) * 20 + ("",) * 70])
@pytest.mark.parametrize(("validation", "test"), [(0.2, 0.0), (0.25, 0.15), (0.0, 0.5)])
def test_steps_are_those_of_the_split_itself(given, validation, test):
    labels = np.arange(90, dtype=np.int64) % 3
    source = ArraySource("made", np.zeros((90, 2, 2, 1), np.uint8), labels, tuple("abc"), given)
    project = Project([lenet5().graph])
    dataset = replace(project.dataset, spec="made", validation_share=validation, test_share=test)
    training = replace(project.training, batch_size=7, epochs=3)
    observed = Observations()
    observed.note("made", Observed(source.class_names, 90, given.count("validation"), given.count("test")))
    trained = len(divide(source, validation, test, 0).split.training)
    assert observed.steps(dataset, training) == -(-trained // 7) * 3


def test_what_nobody_opened_is_answered_from_what_is_known_of_it():
    project, observed = Project([lenet5().graph]), Observations()
    assert observed.classes("digits") == 10
    assert observed.classes("a/folder") is None
    assert observed.steps(project.dataset, replace(project.training, epochs=10)) == 450
