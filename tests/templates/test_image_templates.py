"""Networks whose target is an image."""

import pytest

from workbench.project import LiveAnalysis
from workbench.templates import TemplateError, get_template

IMAGE_TEMPLATES = ("autoencoder", "dncnn", "fsrcnn")


def output(project):
    analysis = LiveAnalysis(project)
    assert not analysis.errors
    (graph,) = project.graphs.values()
    (end,) = (node for node, onwards in graph.topology.adjacency() if not onwards)
    return str(analysis.of("model").report(end).outputs["output"]), analysis.of("model").totals.params


@pytest.mark.parametrize("name", IMAGE_TEMPLATES)
def test_the_target_is_the_image_and_quality_is_followed(name):
    project = get_template(name).build()
    assert project.dataset.target == "image"
    assert project.training.metrics == ("psnr", "ssim")
    assert get_template(name).guidance


@pytest.mark.parametrize("name", IMAGE_TEMPLATES)
@pytest.mark.parametrize("shape", [[28, 28], [28, 28, 5]])
def test_an_input_that_is_no_image_is_refused(name, shape):
    with pytest.raises(TemplateError, match="Expected height x width x channels"):
        get_template(name).build({"input": shape})


def test_what_comes_out_is_as_large_as_the_target():
    assert output(get_template("autoencoder").build({"input": [32, 48, 3]}))[0] == "32x48x3"
    assert output(get_template("dncnn").build({"input": [20, 20, 3], "depth": 5}))[0] == "20x20x3"
    assert output(get_template("fsrcnn").build({"input": [14, 14, 1], "factor": 2}))[0] == "28x28x1"


def test_an_autoencoder_needs_sizes_that_can_be_halved_twice():
    with pytest.raises(TemplateError, match="multiples of 4"):
        get_template("autoencoder").build({"input": [30, 28, 1]})


@pytest.mark.parametrize("way", ["nearest", "bilinear", "bicubic"])
def test_interpolation_is_compared_at_the_same_number_of_parameters(way):
    """Otherwise the larger network would win."""
    assert output(get_template("fsrcnn").build({"enlarge": way})) == output(get_template("fsrcnn").build())
