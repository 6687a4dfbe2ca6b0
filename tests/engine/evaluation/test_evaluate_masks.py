import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import metrics

from tests.engine.drawings import small_classifier
from tests.engine.evaluation.runs import do, stored_run
from tests.engine.segmenting import mask_folders, pixelwise, segmentation
from workbench.engine import JobError, run_job
from workbench.engine.feed import open_feeds
from workbench.engine.reading import read_model, read_project
from workbench.evaluation import MaskReport, read_mask_predictions
from workbench.evaluation.masks import read_classes
from workbench.project.file import dumps
from workbench.protocol import Evaluate, Finished, Stopped, Train
from workbench.runs import Run


def trained(root, spec, graph=None, **settings):
    project = segmentation(spec, graph, **{"epochs": 2, "learning_rate": 0.05, **settings})
    done = run_job(Train(project=dumps(project).decode(), runs=str(root)), lambda event: None, threading.Event())
    assert isinstance(done, Finished)
    return done.run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return mask_folders(tmp_path_factory.mktemp("data"), 18, parts=True)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("runs")
    return [trained(root, data, pixelwise(padding="valid"), seed=seed) for seed in (0, 1)]


def by_hand(folder):
    """The test part's true masks and what the network gives, straight from Keras."""
    run = Run.open(Path(folder))
    project = read_project(run.project_file.read_bytes(), "run")
    model = read_model(run, project, "best")
    feed = open_feeds(project, (24, 32, 1)).test
    images, masks = feed.batch(np.arange(len(feed)), 0)
    return masks, model.predict(images, verbose=0), feed.samples


def test_every_number_is_that_of_the_networks_own_output(runs):
    done, _ = do(Evaluate(runs=(runs[0],)))
    predictions = read_mask_predictions(Path(done.path))
    masks, outputs, samples = by_hand(runs[0])
    assert masks.shape == (6, 22, 30)  # what a valid convolution of 3 leaves
    guessed = outputs.argmax(axis=-1)
    report = MaskReport(predictions)
    assert (done.kind, done.part, done.images) == ("masks", "test", 6)
    np.testing.assert_array_equal(predictions.indices, samples)
    iou = metrics.jaccard_score(masks.ravel(), guessed.ravel(), average=None)
    np.testing.assert_allclose(report.iou, iou)
    for row in range(6):
        own = metrics.jaccard_score(masks[row].ravel(), guessed[row].ravel(), average="macro")
        assert report.image_iou[row] == pytest.approx(own)
        right = np.take_along_axis(outputs[row], masks[row][..., None].astype(int), axis=-1)
        assert predictions.losses[row] == pytest.approx(-np.log(np.clip(right, 1e-7, 1)).mean(), rel=1e-4)
        np.testing.assert_array_equal(read_classes(predictions.mask_file(row, Path(done.path))), guessed[row])
    assert done.members[0].mean_iou == report.mean_iou
    assert done.members[0].macro_f1 == report.mean_dice


def test_an_ensemble_averages_probabilities(runs):
    done, _ = do(Evaluate(runs=tuple(runs)))
    masks, first, _ = by_hand(runs[0])
    _, second, _ = by_hand(runs[1])
    guessed = (first + second).argmax(axis=-1)
    report = MaskReport(read_mask_predictions(Path(done.path)))
    np.testing.assert_allclose(report.iou, metrics.jaccard_score(masks.ravel(), guessed.ravel(), average=None))
    single = metrics.jaccard_score(masks.ravel(), second.argmax(axis=-1).ravel(), average="macro")
    assert done.members[1].mean_iou == pytest.approx(single)


def test_another_dataset_is_judged_by_the_names_of_its_classes(runs, tmp_path):
    spec = mask_folders(tmp_path, 4, seed=9)
    done, _ = do(Evaluate(runs=(runs[0],), data=spec))
    assert (done.part, done.images) == ("all", 4)
    other = mask_folders(tmp_path / "three", 4, classes=3)
    with pytest.raises(JobError, match=r"classes that the run .* does not know: 0, 1, 2"):
        do(Evaluate(runs=(runs[0],), data=other))


def test_images_and_masks_that_cannot_be_read_are_left_out_and_told(runs, tmp_path):
    spec = mask_folders(tmp_path, 5)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "masks" / "001.png")
    Image.fromarray(np.full((24, 32), 9, np.uint8)).save(tmp_path / "masks" / "003.png")
    (tmp_path / "masks" / "classes.csv").write_text("name,value\nbackground,0\nobject,255\n")
    done, _ = do(Evaluate(runs=(runs[0],), data=spec))
    predictions = read_mask_predictions(Path(done.path))
    assert predictions.keys.tolist() == ["000", "002", "004"]
    assert "2 images could not be read" in done.notes[-1]
    assert "Received: 9 x 9" in done.notes[-1]
    assert "Received: value 9" in done.notes[-1]


def test_what_is_for_classes_of_images_is_refused(runs, data, tmp_path):
    with pytest.raises(JobError, match="judged by pixels"):
        do(Evaluate(runs=(runs[0],), crops=10))
    run, _ = stored_run(tmp_path, small_classifier(), ("background", "object"))
    with pytest.raises(JobError, match="Expected a network that gives height x width x classes"):
        do(Evaluate(runs=(str(run.folder),), data=data))


def test_stopping_leaves_nothing_half_done(runs):
    stop = threading.Event()
    stop.set()
    before = sorted(Path(runs[0]).rglob("*"))
    done, _ = do(Evaluate(runs=(runs[0],)), stop)
    assert isinstance(done, Stopped)
    assert sorted(path for path in Path(runs[0]).rglob("*") if path.is_file()) == [p for p in before if p.is_file()]
