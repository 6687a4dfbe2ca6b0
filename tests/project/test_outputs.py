import pytest

from tests.analysis.networks import Network
from workbench.data.targets import Output
from workbench.project import DatasetSettings, Project
from workbench.project.outputs import output_of
from workbench.templates import get_template


@pytest.mark.parametrize(
    ("template", "values", "shape"),
    [
        ("unet", {"width": 0.05}, (388, 388, 2)),
        ("unet", {"width": 0.05, "depth": 1, "input": [32, 32, 1]}, (16, 16, 2)),
        ("unet-same", {"width": 0.05, "input": [64, 96, 3], "classes": 5}, (64, 96, 5)),
    ],
)
def test_a_unet_gives_a_value_for_every_position_of_its_middle(template, values, shape):
    project = get_template(template).build(values)
    assert output_of(project, (64, 64, 1)) == Output(shape, (1.0, 1.0))


def test_a_networks_stride_is_its_scale():
    build = Network((32, 48, 3))
    build.on("Conv", "down", filters=4, kernel_size=3, strides=2, padding="same")
    build.on("Up", "up", filters=3, kernel_size=4, strides=[8, 4], padding="same")
    found = output_of(Project([build.graph], DatasetSettings()), (32, 48, 3))
    assert found == Output((128, 96, 3), (4.0, 2.0))


def test_behind_a_dense_layer_there_is_no_scale():
    build = Network((8, 8, 1))
    build.on("Flatten", "flat")
    build.on("Dense", "dense", units=64)
    build.on("Reshape", "shaped", target_shape=[8, 8, 1])
    assert output_of(Project([build.graph], DatasetSettings()), (8, 8, 1)) == Output((8, 8, 1), None)


def test_without_a_network_it_is_the_inputs_size():
    assert output_of(Project((), DatasetSettings()), (30, 40, 3)) == Output((30, 40, None), (1.0, 1.0))
