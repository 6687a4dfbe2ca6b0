"""The DCGAN's variants: sizes that start from 4x4 or 7x7, classes, and recipes that are ready to train."""

import pytest

from workbench.analysis import GraphAnalysis
from workbench.project import LiveAnalysis
from workbench.templates import TemplateError, get_template


def ends(project, graph):
    """Shapes of what goes in, by name, and of what comes out."""
    analysis = GraphAnalysis(project.graph(graph))
    shapes = {node.name: next(iter(analysis.report(node.id).outputs.values())).shape for node in analysis.graph}
    inputs = {node.name: shapes[node.name] for node in analysis.graph if node.type == "input"}
    (last,) = [node.name for node in analysis.graph if not analysis.graph.topology.out_degree(node.id)]
    return inputs, shapes[last]


@pytest.mark.parametrize("size", [16, 28, 32, 64, "28"])
@pytest.mark.parametrize("conditional", [False, True])
def test_every_size_gives_images_that_its_discriminator_takes(size, conditional):
    values = {"size": size, "channels": 1, "latent": 20, "width": 0.1, "conditional": conditional, "classes": 7}
    project = get_template("dcgan").build(values)
    label, side = ({"label": (7,)} if conditional else {}), int(size)
    assert ends(project, "generator") == ({"latent": (20,), **label}, (side, side, 1))
    assert ends(project, "discriminator") == ({"image": (side, side, 1), **label}, (1,))
    assert not LiveAnalysis(project).errors
    assert project.adversarial.conditional is conditional


def test_is_ready_to_train_on_a_dataset_in_the_range_of_its_tanh():
    project = get_template("dcgan").build({"size": 28, "channels": 1, "data": "fashion_mnist"})
    assert (project.dataset.spec, project.dataset.value_range) == ("fashion_mnist", "-1..1")
    assert project.training.keep_epochs == "every"
    assert LiveAnalysis(project).diagnostics == ()


def test_large_images_are_trained_with_the_numbers_of_the_paper():
    project = get_template("dcgan").build()
    assert (project.training.batch_size, project.adversarial.generator_rate) == (128, 0.0002)


def test_a_size_that_is_none_is_refused():
    with pytest.raises(TemplateError, match="dcgan: Expected one of 16, 28, 32, 64, 128, 256"):
        get_template("dcgan").build({"size": 30})
