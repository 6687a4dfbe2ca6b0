"""Evaluating runs against averages that are written out here."""

import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engine.drawings import chain, small_classifier
from tests.engine.evaluation.runs import do, folder_dataset, stored_run
from tests.engine.projects import train_small
from workbench.data.opencv import cv2
from workbench.data.sources.digits import read_digits
from workbench.engine import JobError, run_job
from workbench.engine.feed import open_feeds
from workbench.engine.reading import read_model, read_project
from workbench.evaluation import read_predictions, report_on
from workbench.project import AugmentationStep
from workbench.project.feeds import augmentation_of
from workbench.protocol import Evaluate, Evaluated, Stage, Stopped
from workbench.runs import Run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two runs on the same division of the digits, of different networks, and the runs folder."""
    root = tmp_path_factory.mktemp("runs")
    first, _ = train_small(root, epochs=1)
    second, _ = train_small(root, epochs=2, graph=small_classifier(last="linear"))
    return root, first.run, second.run


def held_out(folder):
    """A run's model, and its validation images with their labels."""
    run = Run.open(folder)
    project = read_project(run.project_file.read_bytes(), "")
    feed = open_feeds(project, (8, 8, 1)).validation
    images, labels = feed.batch(np.arange(len(feed)), 0)
    return read_model(run, project, "best"), images, labels, feed.samples


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_one_run_gives_what_its_training_measured(trained):
    _, first, _ = trained
    done, events = do(Evaluate(runs=(first,)))
    assert isinstance(done, Evaluated)
    model, images, labels, samples = held_out(Path(first))
    predictions = read_predictions(Path(done.path))
    np.testing.assert_allclose(predictions.probabilities, model.predict(images, verbose=0), atol=1e-5)
    np.testing.assert_array_equal(predictions.labels, labels)
    np.testing.assert_array_equal(predictions.indices, samples)
    assert predictions.keys[0] == read_digits().keys[samples[0]]
    report, best = report_on(predictions), Run.open(Path(first)).record.best
    assert report.accuracy == pytest.approx(best["val_accuracy"], abs=1e-6)
    assert report.loss == pytest.approx(best["val_loss"], rel=1e-4)
    assert done.members[0].accuracy == report.accuracy
    assert (done.part, done.images, done.data) == ("validation", 360, "digits")
    counted = [event for event in events if isinstance(event, Stage) and event.total]
    assert (counted[-1].done, counted[-1].total, counted[-1].seconds_left) == (360, 360, 0)
    assert Path(done.path).parent == Path(first) / "evaluations"


def test_an_ensemble_is_the_average_of_probabilities_and_tells_each_member(trained):
    _, first, second = trained
    done, _ = do(Evaluate(runs=(first, second)))
    one, images, labels, _ = held_out(Path(first))
    two, *_ = held_out(Path(second))
    by_hand = (one.predict(images, verbose=0) + softmax(two.predict(images, verbose=0))) / 2
    predictions = read_predictions(Path(done.path))
    np.testing.assert_allclose(predictions.probabilities, by_hand, atol=1e-5)
    for member, single in zip(done.members, (one, two), strict=True):
        guesses = np.argmax(single.predict(images, verbose=0), axis=1)
        assert member.accuracy == pytest.approx(np.mean(guesses == labels))
    assert not done.notes


def test_ten_crops_are_the_average_over_windows_cut_by_hand(trained):
    _, first, _ = trained
    done, _ = do(Evaluate(runs=(first,), crops=10))
    model, _, _, samples = held_out(Path(first))
    digits = read_digits()
    total = np.zeros((20, 10))
    for row, sample in enumerate(samples[:20]):
        # 8 enlarged by 256/224 is 9: corners are one pixel apart, and the centre is the top left one.
        large = cv2.resize(digits.read(int(sample)), (9, 9), interpolation=cv2.INTER_LINEAR) / 255
        cuts = [large[:8, :8], large[:8, 1:], large[1:, :8], large[1:, 1:], large[:8, :8]]
        batch = np.stack([*cuts, *(cut[:, ::-1] for cut in cuts)])[..., np.newaxis].astype(np.float32)
        total[row] = model.predict(batch, verbose=0).mean(axis=0)
    predictions = read_predictions(Path(done.path))
    np.testing.assert_allclose(predictions.probabilities[:20], total, atol=1e-5)


def test_copies_are_the_average_over_epochs_of_the_projects_augmentation(tmp_path):
    steps = (AugmentationStep("mirror_horizontal", {}, 0.5),)
    run, model = stored_run(tmp_path, small_classifier(), augmentation=steps)
    done, _ = do(Evaluate(runs=(str(run.folder),), augmented=3))
    project = read_project(run.project_file.read_bytes(), "")
    feed = open_feeds(project, (8, 8, 1)).validation.with_augmentation(augmentation_of(project.augmentation))
    copies = [feed.batch(np.arange(len(feed)), epoch).images for epoch in range(3)]
    assert not np.array_equal(copies[0], copies[1])
    by_hand = np.mean([model.predict(images, verbose=0) for images in copies], axis=0)
    np.testing.assert_allclose(read_predictions(Path(done.path)).probabilities, by_hand, atol=1e-5)


def test_copies_need_an_augmentation(trained):
    with pytest.raises(JobError, match="has no augmentation"):
        do(Evaluate(runs=(trained[1],), augmented=2))


def test_two_classes_with_one_output(tmp_path):
    data = folder_dataset(tmp_path / "data", {"dark": 12, "light": 12})
    graph = small_classifier(classes=1, last="sigmoid")
    run, model = stored_run(tmp_path / "runs", graph, ("dark", "light"), spec=data, validation_share=0.5)
    done, _ = do(Evaluate(runs=(str(run.folder),)))
    project = read_project(run.project_file.read_bytes(), "")
    feed = open_feeds(project, (8, 8, 1)).validation
    light = model.predict(feed.batch(np.arange(len(feed)), 0).images, verbose=0)
    predictions = read_predictions(Path(done.path))
    np.testing.assert_allclose(predictions.probabilities, np.concatenate([1 - light, light], axis=1), atol=1e-6)
    assert predictions.class_names == ("dark", "light")


def test_another_dataset_is_matched_by_class_names_in_any_order(tmp_path):
    """The folder has two of the ten classes, and numbers them otherwise than the run does."""
    data = folder_dataset(tmp_path / "data", {"3": 4, "7": 5})
    run, _ = stored_run(tmp_path / "runs", small_classifier())
    done, _ = do(Evaluate(runs=(str(run.folder),), data=data))
    predictions = read_predictions(Path(done.path))
    assert (done.part, done.images) == ("all", 9)
    assert sorted(predictions.labels.tolist()) == [3] * 4 + [7] * 5


def test_a_dataset_of_other_classes_is_refused(tmp_path):
    data = folder_dataset(tmp_path / "data", {"cat": 3, "dog": 3})
    run, _ = stored_run(tmp_path / "runs", small_classifier())
    with pytest.raises(JobError, match=r"classes that the run .* does not know: cat, dog") as caught:
        do(Evaluate(runs=(str(run.folder),), data=data))
    assert "0, 1, 2" in caught.value.hint


def test_an_unreadable_image_is_told_and_the_others_go_on(tmp_path):
    data = folder_dataset(tmp_path / "data", {"3": 6, "7": 6})
    whole = (tmp_path / "data" / "3" / "002.png").read_bytes()
    (tmp_path / "data" / "3" / "002.png").write_bytes(whole[:60] + bytes(20) + whole[80:])
    run, _ = stored_run(tmp_path / "runs", small_classifier())
    done, _ = do(Evaluate(runs=(str(run.folder),), data=data, part="all"))
    predictions = read_predictions(Path(done.path))
    assert done.images == len(predictions) == 11
    assert not any("002" in key and key.startswith("3/") for key in predictions.keys)
    assert any("002.png" in note for note in done.notes)


def test_a_member_that_was_trained_on_the_images_is_told(trained, tmp_path):
    other, _ = train_small(tmp_path, epochs=1, seed=9)
    done, _ = do(Evaluate(runs=(trained[1], other.run)))
    (note,) = done.notes
    assert note.startswith(f"{other.name} was trained on ")


@pytest.mark.parametrize("after", [0, 2])
def test_stop_acts_within_a_batch(trained, after):
    stop = threading.Event()
    seen = []

    def report(event):
        if isinstance(event, Stage) and event.total:
            seen.append(event.done)
        if len(seen) >= after:
            stop.set()

    folder = Path(trained[1]) / "evaluations"
    before = set(folder.iterdir()) if folder.exists() else set()
    assert run_job(Evaluate(runs=(trained[1],), part="training", crops=10), report, stop) == Stopped()
    assert not seen or seen[-1] < 14370
    assert (set(folder.iterdir()) if folder.exists() else set()) == before


def test_the_weights_of_the_last_epoch(trained):
    done, _ = do(Evaluate(runs=(trained[2],), weights="last"))
    last = Run.open(Path(trained[2])).record.last
    assert done.members[0].accuracy == pytest.approx(last["val_accuracy"], abs=1e-6)


def _without_weights(root):
    run, _ = stored_run(root, small_classifier())
    run.weights_file().unlink()
    return str(run.folder)


def _segmentation(root):
    graph = chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("keras.layers.Conv2D", "conv", {"filters": 10, "kernel_size": 1, "activation": "softmax"}),
    )
    return str(stored_run(root, graph, spec="/nowhere")[0].folder)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (lambda root: Evaluate(runs=(_without_weights(root),)), "holds no weights"),
        (lambda root: Evaluate(runs=(str(root / "gone"),)), "no such run folder"),
        (lambda root: Evaluate(runs=()), "at least one run"),
        (lambda root: Evaluate(runs=(_segmentation(root),), data="digits"), "one a class. Received"),
        (lambda root: Evaluate(runs=(_run(root),), part="best"), "no part 'best'"),
        (lambda root: Evaluate(runs=(_run(root),), part="test"), "has no test images"),
        (lambda root: Evaluate(runs=(_run(root),), crops=3), "Expected 1, 5, 10 crops"),
        (lambda root: Evaluate(runs=(_run(root),), data=str(root / "none")), "none"),
        (lambda root: Evaluate(runs=(_run(root), _run(root, ("a",) * 10))), "tell the same classes apart"),
    ],
)
def test_what_cannot_be_evaluated_is_told_in_a_line(tmp_path, command, words):
    with pytest.raises(JobError, match=words) as caught:
        do(command(tmp_path))
    assert "\n" not in caught.value.message


def _run(root, names=tuple("0123456789")):
    return str(stored_run(root, small_classifier(), names)[0].folder)
