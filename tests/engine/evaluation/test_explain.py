"""Grad-CAM against formulas that need no automatic differentiation; activations and filters against numpy."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.drawings import chain, small_classifier
from tests.engine.evaluation.runs import do, folder_dataset, stored_run
from workbench.data.sources.digits import read_digits
from workbench.engine import JobError
from workbench.evaluation.predictions import read_arrays
from workbench.graph import Node
from workbench.protocol import Explain, Explained

K = "keras.layers."


def pooled(last="softmax", units=10, frozen=False, alone=False):
    """Convolution, average over positions, Dense: its Grad-CAM weighs the features (Zhou et al., 2016)."""
    steps = [
        ("input", "image", {"shape": [8, 8, 1]}),
        (K + "Conv2D", "conv", {"filters": 5, "kernel_size": 3}),
        (K + "GlobalAveragePooling2D", "pool", {}),
        (K + "Dense", "classes", {"units": units, "activation": "linear" if alone else last}),
    ]
    steps += [(K + "Activation", "end", {"activation": last})] if alone else []
    graph = chain(*steps)
    if frozen:
        for node in list(graph):
            graph.replace_node(Node(node.id, node.type, node.name, node.params, trainable=False))
    return graph


def convolved(image, model):
    """What the layer `conv` gives, valid and without activation, in numpy."""
    kernel, bias = model.get_layer("conv").get_weights()
    size = kernel.shape[0]
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    windows = np.array([[image[i : i + size, j : j + size] for j in range(columns)] for i in range(rows)])
    return np.einsum("ijabc,abck->ijk", windows, kernel) + bias


def digit(index):
    return read_digits().read(index).astype(np.float32) / 255


def explained(run, **asked):
    done, _ = do(Explain(run=str(run.folder), **asked))
    assert isinstance(done, Explained)
    return done, read_arrays(Path(done.path))


def normalised(values):
    positive = np.maximum(values, 0)
    return positive / positive.max() if positive.max() > 0 else positive


@pytest.mark.parametrize(
    ("frozen", "alone", "last"),
    [
        (False, False, "softmax"),
        (True, False, "softmax"),
        (False, True, "softmax"),
        (False, False, "linear"),
        (False, False, "sigmoid"),
    ],
)
def test_gradcam_of_a_pooled_network_is_its_class_activation_map(tmp_path, frozen, alone, last):
    run, model = stored_run(tmp_path, pooled(last, frozen=frozen, alone=alone))
    weights = model.get_layer("classes").get_weights()[0]
    for target in (0, 3):
        done, arrays = explained(run, index=12, target=target)
        assert (done.node, done.target) == ("conv", target)
        by_hand = normalised(convolved(digit(12), model) @ weights[:, target])
        np.testing.assert_allclose(arrays["map"], by_hand, atol=1e-4)


def test_gradcam_through_relu_and_flatten_by_the_chain_rule(tmp_path):
    run, model = stored_run(tmp_path, small_classifier())
    weights = model.get_layer("classes").get_weights()[0]
    features = np.maximum(convolved(digit(7), model), 0)
    done, arrays = explained(run, index=7, node="conv")
    guess = int(np.argmax(model.predict(digit(7)[np.newaxis], verbose=0)))
    assert done.target == guess
    slopes = weights[:, guess].reshape(features.shape)
    by_hand = normalised(features @ slopes.mean(axis=(0, 1)))
    np.testing.assert_allclose(arrays["map"], by_hand, atol=1e-4)
    np.testing.assert_allclose(arrays["probabilities"], model.predict(digit(7)[np.newaxis], verbose=0)[0], atol=1e-6)


def test_one_output_speaks_for_the_second_class_and_against_the_first(tmp_path):
    data = folder_dataset(tmp_path / "data", {"dark": 3, "light": 3})
    run, model = stored_run(tmp_path / "runs", pooled("sigmoid", units=1), ("dark", "light"), spec=data)
    image = np.asarray(Image.open(tmp_path / "data" / "light" / "001.png"), np.float32)[..., np.newaxis] / 255
    scores = convolved(image, model) @ model.get_layer("classes").get_weights()[0][:, 0]
    file = str(tmp_path / "data" / "light" / "001.png")
    for target, sign in ((0, -1), (1, 1)):
        _, arrays = explained(run, image=file, target=target)
        np.testing.assert_allclose(arrays["map"], normalised(sign * scores), atol=1e-4)


def test_the_image_may_be_an_array(tmp_path):
    run, _ = stored_run(tmp_path, pooled())
    np.save(tmp_path / "i.npy", read_digits().read(3))
    first, second = explained(run, image=str(tmp_path / "i.npy")), explained(run, index=3)
    np.testing.assert_array_equal(first[1]["map"], second[1]["map"])
    np.testing.assert_array_equal(first[1]["image"], read_digits().read(3))


def test_activations_and_filters(tmp_path):
    run, model = stored_run(tmp_path, pooled())
    done, arrays = explained(run, kind="activations", index=5)
    assert (done.node, done.nodes) == ("conv", ("conv", "pool", "classes"))
    np.testing.assert_allclose(arrays["maps"], convolved(digit(5), model), atol=1e-5)
    _, arrays = explained(run, kind="activations", index=5, node="pool")
    np.testing.assert_allclose(arrays["maps"], convolved(digit(5), model).mean(axis=(0, 1)), atol=1e-5)
    done, arrays = explained(run, kind="filters")
    assert (done.node, done.nodes) == ("conv", ("conv", "classes"))
    np.testing.assert_array_equal(arrays["kernel"], model.get_layer("conv").get_weights()[0])


def test_layers_in_blocks_are_known_by_their_joined_names(tmp_path):
    graph = chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("block:residual.basic", "stage", {"filters": 4}),
        (K + "GlobalAveragePooling2D", "pool", {}),
        (K + "Dense", "classes", {"units": 10, "activation": "softmax"}),
    )
    run, model = stored_run(tmp_path, graph)
    done, arrays = explained(run, index=0)
    inner = [name for name in done.nodes if name.startswith("stage.")]
    assert done.node == inner[-1]
    assert arrays["map"].shape == (8, 8)
    convolution = next(name for name in inner if "conv" in name)
    done, arrays = explained(run, kind="activations", node=convolution, index=0)
    assert arrays["maps"].shape == tuple(model.get_layer(convolution).output.shape[1:])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "dream"}, "no explanation 'dream'"),
        ({"index": 99999}, "Expected an image from 0 to 1796"),
        ({"index": 0, "node": "cnov"}, "'cnov' is not in the network"),
        ({"index": 0, "node": "pool"}, "'pool' has nothing of this kind"),
        ({"index": 0, "target": 10}, "Expected a class from 0 to 9"),
        ({"image": "/nowhere.png"}, "nowhere.png"),
        ({"image": "/nowhere.npy"}, "nowhere.npy"),
        ({"index": 0, "weights": "good"}, "no weights 'good'"),
    ],
)
def test_what_cannot_be_explained_is_told(tmp_path, asked, words):
    run, _ = stored_run(tmp_path, pooled())
    with pytest.raises(JobError, match=words):
        do(Explain(run=str(run.folder), **asked))


def test_a_network_without_positions_says_so(tmp_path):
    graph = chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        (K + "Flatten", "flat", {}),
        (K + "Dense", "classes", {"units": 10, "activation": "softmax"}),
    )
    run, _ = stored_run(tmp_path, graph)
    with pytest.raises(JobError, match="no layer of which this could be shown"):
        do(Explain(run=str(run.folder), index=0))
