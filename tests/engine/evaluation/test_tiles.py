"""Masks of images of any size, against what the network gives directly."""

import json
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.engine.drawings import chain, small_classifier
from tests.engine.evaluation.runs import do, stored_run
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.evaluation.masks import read_classes, read_listing
from workbench.evaluation.palette import class_colours
from workbench.protocol import Predict, Segmented, Stage, Stopped
from workbench.templates import TEMPLATES

NAMES = ("background", "cell", "edge")


def pointwise(size=16, channels=1, last="softmax", filters=3):
    """Looks at single pixels: borders do not change what it says."""
    return chain(
        ("input", "image", {"shape": [size, size, channels]}),
        ("keras.layers.Conv2D", "hidden", {"filters": 8, "kernel_size": 1, "activation": "relu"}),
        ("keras.layers.Conv2D", "map", {"filters": filters, "kernel_size": 1, "activation": last}),
    )


def valid(size=20):
    """Two valid convolutions: 20 x 20 pixels give 16 x 16."""
    return chain(
        ("input", "image", {"shape": [size, size, 1]}),
        ("keras.layers.Conv2D", "hidden", {"filters": 8, "kernel_size": 3, "activation": "relu"}),
        ("keras.layers.Conv2D", "map", {"filters": 3, "kernel_size": 3, "activation": "softmax"}),
    )


def run_of(root, graph, names=NAMES, **more):
    """A run whose dataset has masks; nothing of it is read."""
    return stored_run(root, graph, names, spec="images::masks", **more)


def stirred(model):
    """Weights of which every class is the likeliest somewhere."""
    shape = [32 if side is None else side for side in model.inputs[0].shape[1:]]
    image = np.random.default_rng(0).random((1, *shape), np.float32)
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        for weight in model.weights:
            weight.assign(rng.normal(0, 1.5, weight.shape))
        values = np.asarray(model(image))
        if values.shape[-1] == 1:
            middle = 0.5 if (values >= 0).all() else 0
            shares = np.array([(values < middle).mean(), (values > middle).mean()])
        else:
            shares = np.bincount(values.argmax(-1).ravel(), minlength=values.shape[-1]) / values[..., 0].size
        if shares.min() > 0.1:
            return
    raise AssertionError("no weights tell these classes apart")


def saved(path, height, width, channels=1, seed=0):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, channels), np.uint8)
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(path)
    return pixels


def predicted(run, *images, **more):
    done, events = do(Predict(runs=(str(run.folder),), images=tuple(map(str, images)), **more))
    assert isinstance(done, Segmented)
    listing = read_listing(Path(done.path))
    return listing, [read_classes(Path(done.path).parent / image.mask) for image in listing.images], events


def whole(model, pixels, pad=0):
    """The network on the whole image at once: a copy without a fixed size."""
    free = keras.models.clone_model(model, input_tensors=keras.Input((None, None, pixels.shape[2])))
    free.set_weights(model.get_weights())
    scaled = np.pad(pixels.astype(np.float32) / 255, ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    return np.asarray(free(scaled[np.newaxis]))[0]


@pytest.mark.parametrize("shape", [(61, 40), (16, 90), (16, 16)])
def test_a_network_without_borders_gives_the_whole(tmp_path, shape):
    run, model = run_of(tmp_path / "runs", pointwise(), NAMES, change=stirred)
    pixels = saved(tmp_path / "a.png", *shape)
    listing, (mask,), _ = predicted(run, tmp_path / "a.png")
    np.testing.assert_array_equal(mask, whole(model, pixels).argmax(-1))
    assert len(np.unique(mask)) == 3
    (image,) = listing.images
    assert image.own_size is (shape != (16, 16))
    assert image.shares == {name: pytest.approx((mask == index).mean()) for index, name in enumerate(NAMES)}


def test_valid_convolutions_see_the_image_mirrored_at_its_borders(tmp_path):
    run, model = run_of(tmp_path / "runs", valid(), NAMES, change=stirred)
    pixels = saved(tmp_path / "a.png", 50, 37)
    _, (mask,), _ = predicted(run, tmp_path / "a.png")
    np.testing.assert_array_equal(mask, whole(model, pixels, pad=2).argmax(-1))


def test_an_image_of_the_networks_size_gets_a_whole_mask_from_a_valid_network(tmp_path):
    """Its output is smaller than the image; the rest comes from tiles that reach beyond it."""
    run, model = run_of(tmp_path / "runs", valid(), NAMES, change=stirred)
    pixels = saved(tmp_path / "a.png", 20, 20)
    listing, (mask,), _ = predicted(run, tmp_path / "a.png")
    np.testing.assert_array_equal(mask, whole(model, pixels, pad=2).argmax(-1))
    assert (listing.images[0].tiles, listing.images[0].own_size) == (4, False)


def test_a_coarse_map_is_enlarged_between_its_positions(tmp_path):
    """A position for 4 x 4 pixels; in the middle of even squares of 8 x 8 pixels all that is near says the same."""
    graph = chain(
        ("input", "image", {"shape": [32, 32, 1]}),
        ("keras.layers.Conv2D", "hidden", {"filters": 8, "kernel_size": 1, "strides": 4, "activation": "relu"}),
        ("keras.layers.Conv2D", "map", {"filters": 3, "kernel_size": 1, "activation": "softmax"}),
    )
    run, model = run_of(tmp_path / "runs", graph, change=stirred)
    squares = np.random.default_rng(4).integers(0, 256, (6, 9), np.uint8)
    pixels = np.kron(squares, np.ones((8, 8), np.uint8))
    Image.fromarray(pixels).save(tmp_path / "a.png")
    _, (mask,), _ = predicted(run, tmp_path / "a.png")
    assert mask.shape == (48, 72)
    small = whole(model, pixels[..., np.newaxis])[::2, ::2].argmax(-1)
    for row in (3, 4):
        np.testing.assert_array_equal(mask[row::8, row::8], small)
    assert len(np.unique(mask)) == 3


def test_a_constant_image_gets_one_class_without_seams(tmp_path):
    run, _ = run_of(tmp_path / "runs", pointwise(), NAMES, change=stirred)
    Image.fromarray(np.full((100, 70), 90, np.uint8)).save(tmp_path / "even.png")
    _, (mask,), _ = predicted(run, tmp_path / "even.png")
    assert len(np.unique(mask)) == 1


@pytest.mark.parametrize("last", ["sigmoid", "linear"])
def test_one_value_a_pixel_tells_two_classes_apart(tmp_path, last):
    run, model = run_of(tmp_path / "runs", pointwise(last=last, filters=1), NAMES[:2], change=stirred)
    pixels = saved(tmp_path / "a.png", 30, 30)
    _, (mask,), _ = predicted(run, tmp_path / "a.png")
    border = 0.5 if last == "sigmoid" else 0
    np.testing.assert_array_equal(mask, whole(model, pixels)[..., 0] > border)
    assert 0 < mask.mean() < 1


def test_scores_are_averaged_as_probabilities(tmp_path):
    """Logits of two runs: softmax first, then the mean."""
    first, one = run_of(tmp_path / "runs", pointwise(last="linear"), NAMES, change=stirred)
    second, two = run_of(tmp_path / "more", pointwise(last="linear"), NAMES, seed=5)
    pixels = saved(tmp_path / "a.png", 40, 25)
    done, _ = do(Predict(runs=(str(first.folder), str(second.folder)), images=(str(tmp_path / "a.png"),)))
    mask = read_classes(Path(done.path).parent / "a.png")
    powers = [np.exp(whole(model, pixels)) for model in (one, two)]
    mean = sum(power / power.sum(-1, keepdims=True) for power in powers)
    np.testing.assert_array_equal(mask, mean.argmax(-1))


def test_a_small_image_is_enlarged_as_in_training_and_its_mask_brought_back(tmp_path):
    """A light square on black, 8 x 8, of which the network, 16 x 16, says where it is light."""

    def by_light(model):
        for weight, value in zip(model.weights, ([[[[1.0]]]], [0.0], [[[[8.0]]]], [-4.0]), strict=True):
            weight.assign(value)

    graph = chain(
        ("input", "image", {"shape": [16, 16, 1]}),
        ("keras.layers.Conv2D", "same", {"filters": 1, "kernel_size": 1}),
        ("keras.layers.Conv2D", "map", {"filters": 1, "kernel_size": 1, "activation": "sigmoid"}),
    )
    run, _ = run_of(tmp_path / "runs", graph, NAMES[:2], change=by_light)
    pixels = np.zeros((8, 8), np.uint8)
    pixels[2:6, 2:5] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    listing, (mask,), _ = predicted(run, tmp_path / "a.png")
    assert not listing.images[0].own_size
    np.testing.assert_array_equal(mask, pixels // 255)
    large = np.kron(pixels, np.ones((8, 8), np.uint8))  # 64 x 64, shrunk to 16 x 16 and brought back
    Image.fromarray(large).save(tmp_path / "b.png")
    listing, (mask,), _ = predicted(run, tmp_path / "b.png", scale="network")
    assert (listing.images[0].tiles, mask.shape) == (1, (64, 64))
    assert (mask != large // 255).mean() < 0.02


def test_any_size_where_the_network_takes_any(tmp_path):
    graph = chain(
        ("input", "image", {"shape": [None, None, 3]}),
        ("keras.layers.Conv2D", "map", {"filters": 3, "kernel_size": 1, "activation": "softmax"}),
    )
    run, model = run_of(tmp_path / "runs", graph, NAMES, change=stirred)
    pixels = [saved(tmp_path / f"{name}.png", *shape, 3) for name, shape in (("a", (33, 50)), ("b", (600, 530)))]
    listing, masks, _ = predicted(run, tmp_path / "a.png", tmp_path / "b.png")
    for mask, image in zip(masks, pixels, strict=True):
        np.testing.assert_array_equal(mask, whole(model, image).argmax(-1))
    assert [image.tiles for image in listing.images] == [1, 4]


def test_the_published_u_net_narrowed_takes_what_is_larger_than_it(tmp_path):
    """188 pixels give 4: the smallest that four halvings of valid convolutions leave."""
    template = TEMPLATES["unet"]
    project = template.make({"input": [188, 188, 1], "classes": 2, "width": 1 / 16, "depth": 4})
    (graph,) = project.graphs.values()
    model = build_model(graph, 0)
    assert tuple(model.outputs[0].shape[1:]) == (4, 4, 2)
    run, _ = run_of(tmp_path / "runs", graph, NAMES[:2])
    saved(tmp_path / "a.png", 9, 195)
    listing, (mask,), _ = predicted(run, tmp_path / "a.png")
    assert mask.shape == (9, 195)
    assert listing.images[0].own_size


def test_masks_are_indexed_and_named_after_their_images(tmp_path):
    run, _ = run_of(tmp_path / "runs", pointwise(), NAMES, change=stirred)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        saved(tmp_path / folder / "a.png", 30, 20)
    (tmp_path / "two" / "broken.png").write_bytes(b"hello")
    out = tmp_path / "masks"
    done, events = do(
        Predict(runs=(str(run.folder),), images=(str(tmp_path / "one"), str(tmp_path / "two")), folder=str(out))
    )
    assert sorted(path.name for path in out.iterdir()) == ["a-2.png", "a.png", "predictions.json"]
    assert "broken.png" in done.problems[0]
    assert json.loads((out / "predictions.json").read_text())["palette"][1] == list(class_colours(2)[1])
    with Image.open(out / "a.png") as picture:
        assert picture.mode == "P"
        assert tuple((picture.getpalette() or [])[3:6]) == class_colours(2)[1]
    stages = [event for event in events if isinstance(event, Stage) and event.total]
    assert stages[-1].done == stages[-1].total == 2 * 3 * 2  # 30 x 20 takes 3 x 2 tiles


def test_predicting_again_replaces_masks_but_nothing_else(tmp_path):
    run, _ = run_of(tmp_path / "runs", pointwise(), NAMES, change=stirred)
    saved(tmp_path / "a.png", 30, 20)
    for _ in range(2):
        predicted(run, tmp_path / "a.png", folder=str(tmp_path / "masks"))
    before = (tmp_path / "a.png").read_bytes()
    with pytest.raises(JobError, match="not a mask of an earlier prediction"):
        predicted(run, tmp_path / "a.png", folder=str(tmp_path))
    assert (tmp_path / "a.png").read_bytes() == before


def test_stopping_keeps_what_is_written(tmp_path):
    run, _ = run_of(tmp_path / "runs", pointwise(), NAMES, change=stirred)
    for name in ("a", "b"):
        saved(tmp_path / f"{name}.png", 300, 300)
    stop, seen = threading.Event(), []

    def hear(event):
        seen.append(event)
        if isinstance(event, Stage) and event.text.startswith("predicting b"):
            stop.set()

    from workbench.engine import run_job

    images = tuple(str(tmp_path / f"{name}.png") for name in ("a", "b"))
    done = run_job(Predict(runs=(str(run.folder),), images=images, folder=str(tmp_path / "masks")), hear, stop)
    assert isinstance(done, Stopped)
    assert [image.mask for image in read_listing(tmp_path / "masks" / "predictions.json").images] == ["a.png"]
    assert seen[-1].done < seen[-1].total


def test_what_does_not_fit_is_told(tmp_path):
    run, _ = run_of(tmp_path / "runs", pointwise(), NAMES[:2])
    saved(tmp_path / "a.png", 30, 20)
    with pytest.raises(JobError, match="a map of 2 classes"):
        predicted(run, tmp_path / "a.png")
    good, _ = run_of(tmp_path / "good", pointwise(), NAMES)
    other, _ = run_of(tmp_path / "other", pointwise(size=24), NAMES)
    with pytest.raises(JobError, match="images of one size"):
        do(Predict(runs=(str(good.folder), str(other.folder)), images=(str(tmp_path / "a.png"),)))
    with pytest.raises(JobError, match="Crops are for classes of whole images"):
        predicted(good, tmp_path / "a.png", crops=5)
    with pytest.raises(JobError, match="no scale 'huge'"):
        predicted(good, tmp_path / "a.png", scale="huge")
    classifier, _ = stored_run(tmp_path / "classifier", small_classifier())
    with pytest.raises(JobError, match="no masks to write"):
        predicted(classifier, tmp_path / "a.png", folder=str(tmp_path / "masks"))
