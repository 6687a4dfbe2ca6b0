"""Networks that give images: trained, measured beside interpolation, and applied to files of other sizes."""

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from workbench.data.fit import interpolated
from workbench.data.sources.digits import read_digits
from workbench.engine import JobError, run_job
from workbench.evaluation.images import read_image_results
from workbench.project import SetDataset, SetTraining, assign
from workbench.project.file import dumps
from workbench.protocol import Evaluate, ImagesEvaluated, ImagesMade, Predict, Train
from workbench.templates import get_template


def train(folder, template, values, epochs, **settings):
    project = get_template(template).build(values)
    project.apply(SetDataset(assign(project.dataset, {"spec": "digits", **settings})))
    project.apply(SetTraining(assign(project.training, {"epochs": epochs, "seed": 1})))
    return run_job(Train(project=dumps(project).decode(), runs=str(folder)), lambda _: None, threading.Event())


def asked(command):
    return run_job(command, lambda _: None, threading.Event())


@pytest.fixture(scope="module")
def enlarger(tmp_path_factory):
    """Digits of 4x4 become 8x8."""
    return train(tmp_path_factory.mktemp("runs"), "fsrcnn", {"input": [4, 4, 1], "factor": 2}, 8)


@pytest.fixture(scope="module")
def results(enlarger):
    done = asked(Evaluate(runs=(enlarger.run,)))
    assert isinstance(done, ImagesEvaluated)
    return done, read_image_results(Path(done.path))


def test_it_learns_more_than_interpolation_knows(enlarger, results):
    done, found = results
    assert (done.part, done.images) == ("validation", 360)
    assert found.means == done.means
    assert done.means["psnr"] > done.means["baseline_psnr"] + 0.3
    assert done.means["ssim"] > done.means["baseline_ssim"]
    # The metric of training does not cut off what is beyond black and white.
    assert done.means["psnr"] == pytest.approx(enlarger.best["val_psnr"], abs=0.5)
    assert done.means["psnr"] >= enlarger.best["val_psnr"] - 1e-4


def test_the_pictures_are_those_that_were_measured_worst_first(results):
    _, found = results
    assert len(found.shown) == 48
    assert (np.diff(found.psnr[found.shown]) >= 0).all()
    assert found.psnr[found.shown[0]] == found.psnr.min()
    assert found.psnr[found.shown[-1]] == found.psnr.max()
    for place in (0, 20, 47):
        row = int(found.shown[place])
        digit = read_digits().read(int(found.indices[row]))
        assert np.array_equal(found.targets[place], np.rint(digit).astype(np.uint8))
        measured = peak_signal_noise_ratio(found.targets[place], found.outputs[place], data_range=255)
        assert measured == pytest.approx(found.psnr[row], abs=0.05)
        by_hand = np.clip(interpolated(found.inputs[place].astype(np.float32), (8, 8, 1)), 0, 255)
        baseline = peak_signal_noise_ratio(found.targets[place].astype(np.float32), by_hand, data_range=255)
        assert baseline == pytest.approx(found.baseline_psnr[row], abs=0.1)


def test_files_are_enlarged_at_their_own_size(enlarger, tmp_path):
    for name, size in (("a.png", (30, 20)), ("b.jpg", (9, 11))):
        Image.fromarray(np.full((size[1], size[0], 3), 128, np.uint8)).save(tmp_path / name)
    (tmp_path / "c.png").write_text("no image")
    done = asked(Predict(runs=(enlarger.run,), images=(str(tmp_path),), folder=str(tmp_path / "out")))
    assert isinstance(done, ImagesMade)
    sizes = {}
    for _, made in done.files:
        with Image.open(made) as picture:
            sizes[made.rsplit("/", 1)[-1]] = (picture.size, picture.mode)
    assert sizes == {"a.png": ((60, 40), "L"), "b.png": ((18, 22), "L")}
    assert len(done.problems) == 1
    assert "c.png" in done.problems[0]


def test_an_autoencoder_gives_its_own_size_and_has_no_baseline(tmp_path):
    trained = train(tmp_path, "autoencoder", {"input": [8, 8, 1], "width": 0.25}, 1, value_range="0..1")
    done = asked(Evaluate(runs=(trained.run,), part="training"))
    assert set(done.means) == {"psnr", "ssim"}
    Image.fromarray(np.zeros((50, 40), np.uint8)).save(tmp_path / "dark.png")
    made = asked(Predict(runs=(trained.run,), images=(str(tmp_path / "dark.png"),)))
    with Image.open(made.files[0][1]) as picture:
        assert picture.size == (8, 8)


def test_pairs_of_folders_train_and_are_compared_with_what_came_in(tmp_path):
    dice = np.random.default_rng(0)
    for name in ("noisy", "clean"):
        (tmp_path / name).mkdir()
    for index in range(24):
        clean = np.rint(read_digits().read(index)).astype(np.uint8)[..., 0]
        noisy = np.clip(clean + dice.normal(0, 25, clean.shape), 0, 255).astype(np.uint8)
        Image.fromarray(clean).save(tmp_path / "clean" / f"{index}.png")
        Image.fromarray(noisy).save(tmp_path / "noisy" / f"{index}.png")
    spec = f"{tmp_path / 'noisy'}::{tmp_path / 'clean'}"
    trained = train(tmp_path / "runs", "dncnn", {"input": [8, 8, 1], "depth": 3, "width": 0.2}, 1, spec=spec)
    done = asked(Evaluate(runs=(trained.run,), part="all"))
    assert done.images == 24
    assert 15 < done.means["baseline_psnr"] < 25  # noise of a tenth of the range: 20 dB


def test_crops_are_for_classes(enlarger):
    with pytest.raises(JobError, match="compared whole"):
        asked(Evaluate(runs=(enlarger.run,), crops=5))
