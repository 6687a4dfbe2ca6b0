"""Samples and walks of a trained generator: the right images, and the same ones bit for bit."""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engine.generating.tiny import LATENT
from workbench.engine import JobError
from workbench.engine.adversarial.generator import load_generator
from workbench.evaluation.latents import latents, slerp, truncated
from workbench.evaluation.predictions import read_arrays, write_arrays
from workbench.protocol import Sample, Stopped, Walk
from workbench.runs import Run


def read(done):
    return read_arrays(Path(done.path))


def pixels(run, points, epoch=None):
    """What Keras itself gives, as bytes."""
    values = np.asarray(load_generator(Run.open(Path(run)), epoch)(points, training=False))
    return np.rint(np.clip((values + 1) * 127.5, 0, 255)).astype(np.uint8)


def test_samples_are_what_keras_gives_for_the_numbered_points(plain, do):
    done = do(Sample(run=plain, count=70, seed=5))
    found = read(done)
    assert (done.images, done.latent, done.epoch, done.class_names) == (70, LATENT, 2, ())
    np.testing.assert_array_equal(found["latents"], latents(5, 70, LATENT))
    np.testing.assert_array_equal(found["labels"], -1)
    assert found["images"].shape == (70, 8, 8, 1)
    assert found["images"].dtype == np.uint8
    assert np.abs(found["images"].astype(int) - pixels(plain, latents(5, 70, LATENT))).max() <= 1
    assert json.loads(str(found["about"]))["seed"] == 5
    assert Path(done.path).parent == Path(plain) / "evaluations"


def test_a_sample_does_not_depend_on_how_many_are_made_with_it(plain, do, tmp_path):
    many = read(do(Sample(run=plain, count=150, seed=1)))["images"]
    for first, count in ((0, 3), (77, 2), (64, 64)):
        some = read(do(Sample(run=plain, count=count, seed=1, first=first)))["images"]
        assert some.tobytes() == many[first : first + count].tobytes()


def test_another_process_makes_the_same_bytes(plain, do, tmp_path):
    commands = (Sample(run=plain, count=33, seed=9, truncation=0.8), Walk(run=plain, stops=(3, 8, 5), frames=25))
    here = hashlib.sha256(b"".join(read(do(command))["images"].tobytes() for command in commands)).hexdigest()
    program = f"""
import hashlib, threading
from pathlib import Path
from workbench.engine import run_job
from workbench.evaluation.predictions import read_arrays
from workbench.protocol import Sample, Walk
commands = {commands!r}
made = [run_job(command, lambda event: None, threading.Event()) for command in commands]
images = b"".join(read_arrays(Path(done.path))["images"].tobytes() for done in made)
print(hashlib.sha256(images).hexdigest())
"""
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert there.split()[-1] == here


def test_epochs_are_told_apart(plain, do):
    points = latents(0, 4, LATENT)
    images = [read(do(Sample(run=plain, count=4, epoch=epoch)))["images"] for epoch in (0, 1, 2)]
    for epoch, shown in enumerate(images):
        assert np.abs(shown.astype(int) - pixels(plain, points, epoch)).max() <= 1
    assert not np.array_equal(images[0], images[1])
    assert not np.array_equal(images[1], images[2])
    with pytest.raises(JobError, match="no checkpoint of epoch 9; there are: 1, 2"):
        do(Sample(run=plain, epoch=9))


def test_a_walk_goes_on_great_circles_and_ends_at_its_stops(plain, do):
    done = do(Walk(run=plain, stops=(0, 4), seed=2, frames=11, truncation=1.5))
    found = read(done)
    ends = truncated(latents(2, 5, LATENT), 1.5)[[0, 4]]
    np.testing.assert_array_equal(found["latents"], slerp(ends[0], ends[1], np.arange(11) / 10))
    whole = read(do(Sample(run=plain, count=5, seed=2, truncation=1.5)))["images"]
    np.testing.assert_array_equal(found["images"][[0, -1]], whole[[0, 4]])


def test_points_of_a_file_are_used_as_they_are(plain, do, tmp_path):
    path, point = tmp_path / "points.npz", np.linspace(-1, 1, 2 * LATENT).reshape(2, LATENT).astype(np.float32)
    write_arrays(path, {"latents": point})
    found = read(do(Sample(run=plain, points=str(path), truncation=0.1)))
    np.testing.assert_array_equal(found["latents"], point)
    walk = read(do(Walk(run=plain, points=str(path), frames=3)))
    np.testing.assert_array_equal(walk["latents"][[0, 2]], point)
    write_arrays(path, {"latents": point[:, :3]})
    with pytest.raises(JobError, match=rf"Expected latents of n x {LATENT}. Received: \(2, 3\)"):
        do(Sample(run=plain, points=str(path)))


def test_a_conditional_generator_is_asked_for_classes(conditional, do, tmp_path):
    done = do(Sample(run=conditional, count=25))
    found = read(done)
    assert done.class_names == tuple("0123456789")
    np.testing.assert_array_equal(found["labels"], np.arange(25) % 10)
    sevens = read(do(Sample(run=conditional, count=25, label=7)))
    np.testing.assert_array_equal(sevens["labels"], 7)
    np.testing.assert_array_equal(sevens["images"][[7, 17]], found["images"][[7, 17]])
    assert not np.array_equal(sevens["images"][6], found["images"][6])
    walk = read(do(Walk(run=conditional, stops=(3, 8), frames=5)))
    assert walk["labels"].tolist() == [3, 3, 8, 8, 8]
    path = tmp_path / "points.npz"
    write_arrays(path, {"latents": found["latents"][:2], "labels": np.array([4, 5])})
    assert read(do(Sample(run=conditional, points=str(path))))["labels"].tolist() == [4, 5]
    write_arrays(path, {"latents": found["latents"][:2], "labels": np.array([4, 10])})
    with pytest.raises(JobError, match="2 labels from 0 to 9"):
        do(Sample(run=conditional, points=str(path)))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (lambda run: Sample(run=run, count=0), "1 to 100,000 images. Received: 0"),
        (lambda run: Sample(run=run, first=-1), "first sample of 0 or more"),
        (lambda run: Sample(run=run, truncation=-0.5), "Expected a truncation of 0 or more, got -0.5"),
        (lambda run: Sample(run=run, label=3), "the generator takes no class"),
        (lambda run: Sample(run=run, epoch=-2), "epoch of 0 or more, or -1 for the last"),
        (lambda run: Walk(run=run, stops=(1,)), "between 2 samples or more. Received: 1"),
        (lambda run: Walk(run=run, stops=(0, -4)), "Expected samples of 0 or more to walk between. Received: -4"),
        (lambda run: Walk(run=run, frames=1), "2 to 100,000 frames. Received: 1"),
    ],
)
def test_what_cannot_be_made_is_told(plain, do, command, message):
    with pytest.raises(JobError, match=message):
        do(command(plain))


def test_a_class_that_is_not_there_is_told(conditional, do):
    with pytest.raises(JobError, match=r"class from 0 to 9. Received: 10"):
        do(Sample(run=conditional, label=10))


def test_a_run_without_a_generator_is_told(classifier, do):
    with pytest.raises(JobError, match="it is not a GAN's"):
        do(Sample(run=classifier))


def test_sampling_stops_within_a_batch_and_tells_how_far_it_is(plain, do):
    stop = threading.Event()
    stop.set()
    assert isinstance(do(Sample(run=plain, count=5000), stop), Stopped)
    do(Sample(run=plain, count=640))
    counted = [stage for stage in do.stages if stage.total]
    assert counted[-1].done == counted[-1].total == 640
