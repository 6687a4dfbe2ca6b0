"""Training a GAN as a job: what it tells, what it keeps, how it stops, goes on and fails."""

import json
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engine.adversarial.projects import LATENT, gan, train
from workbench.data.image_file import read_image
from workbench.engine import JobError, run_job
from workbench.engine.adversarial import session
from workbench.engine.adversarial.generator import load_generator
from workbench.protocol import (
    BatchProgress,
    EpochEnd,
    Export,
    ExportDone,
    Finished,
    Samples,
    Started,
    Stopped,
)
from workbench.runs import Run, RunStatus, read_checkpoint


@pytest.fixture(autouse=True, scope="module")
def every_batch_is_told():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_EVENT_SECONDS", 0.0)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory, every_batch_is_told):
    return train(tmp_path_factory.mktemp("runs"), gan({"keep_epochs": "every"}, ema=0.9))


def the(kind, events):
    return [event for event in events if isinstance(event, kind)]


def variables(done):
    return dict(read_checkpoint(opened(done.run).checkpoint_file).variables)


def opened(folder):
    return Run.open(Path(folder))


def differing(one, other):
    return [key for key in one if not np.array_equal(one[key], other[key])] + [key for key in other if key not in one]


def test_tells_both_losses_and_scores_by_batch_and_the_diversity_by_epoch(trained):
    done, events = trained
    assert isinstance(done, Finished)
    (started,) = the(Started, events)
    batches = the(BatchProgress, events)
    assert (started.epochs, started.batches) == (2, started.train_images // 64)
    assert [event.batch for event in batches] == [*range(1, started.batches + 1)] * 2
    assert list(batches[0].metrics) == ["generator_loss", "discriminator_loss", "real_score", "fake_score"]
    for event in the(EpochEnd, events):
        assert 0 < event.metrics["real_score"] < 1
        assert 0 < event.metrics["diversity"] < 2
    assert done.last == the(EpochEnd, events)[-1].metrics
    record = opened(done.run).record
    assert (record.status, record.epochs, record.last) == (RunStatus.FINISHED, 2, done.last)
    assert [row["epoch"] for row in opened(done.run).metrics()] == [1, 2]


def test_writes_the_grid_of_the_same_noise_before_and_after_each_epoch(trained):
    done, events = trained
    folder = opened(done.run).folder / "samples"
    assert [event.epoch for event in the(Samples, events)] == [0, 1, 2]
    assert [event.path for event in the(Samples, events)] == [str(folder / f"000{n}.png") for n in range(3)]
    facts = json.loads((folder / "grid.json").read_text())
    assert facts == {"columns": 4, "rows": 3, "height": 8, "width": 8, "count": 12, "seed": 5}
    from workbench.evaluation.latents import latents

    images = np.asarray(load_generator(opened(done.run))(latents(5, 12, LATENT), training=False))
    grid = read_image(folder / "0002.png").reshape(3, 8, 4, 8).transpose(0, 2, 1, 3).reshape(12, 8, 8)
    np.testing.assert_allclose(grid, np.clip(images[..., 0] * 127.5 + 127.5, 0, 255), atol=0.51)


def test_a_run_gives_its_generator_after_any_epoch_with_and_without_averaging(trained):
    run = opened(trained[0].run)
    noise = np.ones((2, LATENT), np.float32)
    images = [
        np.asarray(load_generator(run, epoch, ema)(noise))
        for epoch, ema in ((0, True), (1, True), (2, True), (2, False))
    ]
    assert all(not np.allclose(one, other) for n, one in enumerate(images) for other in images[:n])
    np.testing.assert_array_equal(np.asarray(load_generator(run)(noise)), images[2])


def test_exports_the_generator_alone(trained, tmp_path):
    command = Export(run=trained[0].run, path=str(tmp_path / "export"))
    done = run_job(command, lambda event: None, threading.Event())
    assert isinstance(done, ExportDone)
    assert done.difference <= done.tolerance
    import tensorflow as tf

    served = tf.saved_model.load(str(tmp_path / "export"))
    noise = np.ones((3, LATENT), np.float32)
    expected = np.asarray(load_generator(opened(trained[0].run))(noise))
    np.testing.assert_allclose(served.serve(noise), expected, atol=1e-5)


def test_a_conditional_generator_exports_with_its_second_input(tmp_path):
    done, _ = train(tmp_path / "runs", gan({"epochs": 1}, conditional=True, sample_count=20))
    facts = json.loads((opened(done.run).folder / "samples" / "grid.json").read_text())
    assert (facts["columns"], facts["labels"]) == (10, [*range(10), *range(10)])
    exported = run_job(Export(run=done.run, path=str(tmp_path / "e")), lambda event: None, threading.Event())
    assert exported.difference <= exported.tolerance


@pytest.mark.parametrize(
    "settings",
    [
        {"ema": 0.9, "instance_noise": 0.1, "label_flips": 0.1, "spectral_normalisation": True},
        {"loss": "wgan_gp", "discriminator_steps": 2, "conditional": True},
    ],
)
def test_a_run_that_was_stopped_within_an_epoch_goes_on_bit_for_bit(tmp_path, settings):
    project = gan({"epochs": 3, "deterministic": True, "schedule": "cosine"}, **settings)
    whole, _ = train(tmp_path / "whole", project)
    stop = threading.Event()

    def report(event):
        if isinstance(event, BatchProgress) and (event.epoch, event.batch) == (2, 3):
            stop.set()

    stopped, _ = train(tmp_path / "parts", project, report, stop)
    assert isinstance(stopped, Stopped)
    assert stopped.epochs == 1
    assert (opened(stopped.run).folder / "stopped.h5").is_file()
    resumed, events = train(tmp_path / "parts", resume=stopped.run)
    assert the(Started, events)[0].epochs_done == 1
    assert differing(variables(whole), variables(resumed)) == []
    rows = [
        [{k: v for k, v in row.items() if k != "seconds"} for row in opened(done.run).metrics()]
        for done in (whole, resumed)
    ]
    assert rows[0] == rows[1]
    for number in range(4):
        pictures = [
            (opened(done.run).folder / "samples" / f"000{number}.png").read_bytes() for done in (whole, resumed)
        ]
        assert pictures[0] == pictures[1]


def test_a_branch_goes_on_from_an_earlier_epoch_with_other_settings(trained, tmp_path):
    done, events = train(tmp_path, gan({"epochs": 2}, ema=0.9, loss="hinge"), resume=trained[0].run, branch_epoch=1)
    assert isinstance(done, Finished)
    assert the(Started, events)[0].epochs_done == 1
    assert opened(done.run).record.branched_from == opened(trained[0].run).name


def test_numbers_that_are_not_finite_end_the_training_say_where_and_keep_the_run(tmp_path):
    project = gan(
        {"epochs": 3}, discriminator_optimizer="SGD", discriminator_optimizer_params={}, discriminator_rate=1e36
    )
    with pytest.raises(JobError) as failure:
        train(tmp_path, project)
    told = r"The (discriminator|generator)'s loss is no longer a finite number \(epoch 1, batch \d+\): in the disc"
    assert re.match(told, failure.value.message)
    assert failure.value.hint
    run = opened(failure.value.run)
    assert (run.status, run.problem) == (RunStatus.FAILED, failure.value.message)
    assert (run.folder / "samples" / "0000.png").is_file()


def test_what_is_no_gan_has_no_generator(tmp_path):
    from tests.engine.projects import train_small

    done, _ = train_small(tmp_path, epochs=1)
    with pytest.raises(JobError, match="no generator"):
        load_generator(opened(done.run))


def test_networks_that_do_not_fit_are_refused_before_a_run_begins(tmp_path):
    project = gan()
    graph = project.graph("discriminator")
    node = next(node for node in graph if node.name == "image")
    from workbench.graph import edits
    from workbench.layers import CATALOGUE

    edits.set_params(graph, node.id, {"shape": [9, 9, 1]}, CATALOGUE["input"].defaults).apply(graph)
    with pytest.raises(JobError, match=r"Expected the image that the generator gives, 8x8x1\. Received: 9x9x1"):
        train(tmp_path, project)
    assert not list(tmp_path.iterdir())
