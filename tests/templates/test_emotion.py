"""The emotion project brings what FER-2013 needs."""

from workbench.project import LiveAnalysis
from workbench.project.augmentation_presets import new_step
from workbench.templates import get_template


def test_it_is_the_published_network_at_the_size_of_the_faces():
    project = get_template("emotion").build()
    (graph,) = project.graphs.values()
    report = LiveAnalysis(project).of("model").report(graph.find_name("input"))
    assert str(report.outputs["output"]) == "48x48x1"
    assert LiveAnalysis(project).of("model").totals.params == 58_423  # convolutions do not grow with the image
    assert project.dataset.value_range == "-1..1"
    assert project.training.early_stopping


def test_each_step_of_its_augmentation_is_written_out_in_full():
    for step in get_template("emotion").build().augmentation.steps:
        assert step == new_step(step.operation, step.probability, **step.params)
        assert set(step.params) == set(new_step(step.operation).params)


def test_its_guidance_names_the_file():
    assert "fer2013.csv" in get_template("emotion").guidance
