"""Directions, nearest training images and quality of a trained generator, against their formulas."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from tests.engine.generating.tiny import LATENT
from workbench.data.sources.digits import read_digits
from workbench.engine import JobError
from workbench.engine.adversarial.generator import load_generator
from workbench.engine.evaluation.classifier import build_classifier, open_trained
from workbench.evaluation import fidelity, frechet_distance, moments
from workbench.evaluation.latents import latents
from workbench.evaluation.predictions import read_arrays, write_arrays
from workbench.protocol import FindDirections, FindNearest, MeasureQuality, QualityMeasured, Sample, Stopped
from workbench.runs import Run


def test_directions_are_those_of_the_first_layer_with_weights(plain, do):
    done = do(FindDirections(run=plain, count=4))
    found = read_arrays(Path(done.path))
    assert (done.directions, done.layer, done.layers) == (4, "wide", ("wide", "pixels"))
    np.testing.assert_allclose(np.linalg.norm(found["vectors"], axis=1), 1, rtol=1e-5)
    assert np.all(np.diff(found["shares"]) <= 0)
    # Along the first one the layer's output varies more than along an average one.
    layer = load_generator(Run.open(Path(plain))).get_layer("wide")
    points = latents(1, 500, LATENT)

    def varies(vector):
        there, back = (np.asarray(layer(points + step * vector)) for step in (0.5, -0.5))
        return np.square(there - back).sum()

    assert varies(found["vectors"][0]) > 1.2 * np.mean([varies(axis) for axis in np.eye(LATENT, dtype=np.float32)])


def test_another_layer_may_be_asked_for(conditional, do):
    assert do(FindDirections(run=conditional, layer="pixels")).layer == "pixels"
    assert do(FindDirections(run=conditional, label=3)).directions == LATENT
    with pytest.raises(JobError, match="The layer 'image' has nothing of this kind"):
        do(FindDirections(run=conditional, layer="image"))


def training_digits(run):
    """Places and pixels (0 to 1) of the digits that the run was trained on."""
    from workbench.data.feed import divide

    digits = read_digits()
    places = divide(digits, 0.3, 0.0, Run.open(Path(run)).record.seed).split.training
    return places, np.stack([digits.read(int(place)) for place in places]).reshape(len(places), -1) / 255


def test_the_nearest_training_images_by_pixels(plain, do):
    samples = do(Sample(run=plain, count=6)).path
    done = do(FindNearest(run=plain, samples=samples, count=3))
    found = read_arrays(Path(done.path))
    places, pixels = training_digits(plain)
    queries = read_arrays(Path(samples))["images"].reshape(6, -1) / 255
    rounded = np.rint(pixels * 255) / 255
    distances, rows = NearestNeighbors(n_neighbors=3, algorithm="brute").fit(rounded).kneighbors(queries)
    np.testing.assert_array_equal(found["indices"], places[rows])
    np.testing.assert_allclose(found["distances"], distances, rtol=1e-6)
    assert done.compared == len(places)
    assert done.data == "digits"
    assert found["labels"].tolist() == read_digits().labels[found["indices"]].tolist()


def test_a_training_image_is_found_again_by_pixels_and_by_features(plain, classifier, do, tmp_path):
    places, pixels = training_digits(plain)
    path = tmp_path / "copied.npz"
    write_arrays(path, {"images": np.rint(pixels[[5, 70]] * 255).astype(np.uint8).reshape(2, 8, 8, 1)})
    for network in ("", classifier):
        found = read_arrays(Path(do(FindNearest(run=plain, samples=str(path), classifier=network)).path))
        assert found["indices"][:, 0].tolist() == places[[5, 70]].tolist()
        np.testing.assert_allclose(found["distances"][:, 0], 0, atol=1e-4)


def test_samples_of_another_size_are_told(plain, do, tmp_path):
    path = tmp_path / "large.npz"
    write_arrays(path, {"images": np.zeros((2, 9, 9, 1), np.uint8)})
    with pytest.raises(JobError, match="Expected images of 8 x 8 as bytes"):
        do(FindNearest(run=plain, samples=str(path)))


def test_quality_is_measured_epoch_by_epoch(plain, classifier, do):
    done = do(MeasureQuality(run=plain, classifier=classifier, count=400))
    measured = [event for event in do.events if isinstance(event, QualityMeasured)]
    assert tuple(measured) == done.points
    assert [point.epoch for point in done.points] == [0, 1, 2]
    assert (done.images, done.part, done.class_names) == (400, "validation", tuple("0123456789"))
    assert done.points[2].frechet < done.points[0].frechet
    for point in done.points:
        assert sum(point.shares) == pytest.approx(1)
        assert 0 <= point.coverage <= 1
    assert any("fewer than 1,000" in note for note in done.notes)
    kept = json.loads(Path(done.path).read_text())
    assert [point["frechet"] for point in kept["points"]] == [point.frechet for point in done.points]


def test_quality_is_the_formulas_on_the_classifiers_features(plain, classifier, do):
    done = do(MeasureQuality(run=plain, classifier=classifier, count=10_000, epochs=(2,)))
    count = done.images  # every held-out digit, each once
    trained = build_classifier(open_trained(classifier, "best"))
    before = trained.model.get_layer("flat").output
    import keras

    network = keras.Model(trained.model.inputs, before)
    from workbench.data.feed import divide

    digits = read_digits()
    held = divide(digits, 0.3, 0.0, Run.open(Path(plain)).record.seed).split.validation
    assert count == len(held)
    real = np.stack([digits.read(int(place)) for place in held])
    generated = read_arrays(Path(do(Sample(run=plain, count=count)).path))["images"]
    features = [np.asarray(network(np.rint(images).astype(np.float32) / 255)) for images in (real, generated)]
    expected = frechet_distance(*map(moments, features))
    assert done.points[0].frechet == pytest.approx(expected, rel=1e-3)
    assert done.points[0].coverage == pytest.approx(fidelity(*features).coverage, abs=0.01)
    assert f"only {count} validation images" in done.notes[0]


def test_quality_needs_a_classifier_and_enough_images(plain, classifier, do):
    with pytest.raises(JobError, match=r"6 to 50,000 images. Received: 5"):
        do(MeasureQuality(run=plain, classifier=classifier, count=5))
    with pytest.raises(JobError, match="classifier has one graph"):
        do(MeasureQuality(run=plain, classifier=plain))
    with pytest.raises(JobError, match="no part 'best'"):
        do(MeasureQuality(run=plain, classifier=classifier, part="best"))


def test_a_conditional_generator_is_measured_over_its_classes(conditional, classifier, do):
    done = do(MeasureQuality(run=conditional, classifier=classifier, count=100, epochs=(2,)))
    assert [point.epoch for point in done.points] == [2]


def test_long_questions_stop(plain, classifier, do):
    samples = do(Sample(run=plain, count=2)).path
    stop = threading.Event()
    stop.set()
    assert isinstance(do(MeasureQuality(run=plain, classifier=classifier, count=100), stop), Stopped)
    assert isinstance(do(FindNearest(run=plain, samples=samples, classifier=classifier), stop), Stopped)
    assert isinstance(do(FindDirections(run=plain), stop), Stopped)
