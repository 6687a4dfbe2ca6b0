"""What the preview shows is what the first layer gets: byte for byte, mixup and cutmix included."""

import threading
from hashlib import sha256

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.engine.drawings import chain
from workbench.data.sources import open_source
from workbench.engine import run_job
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.augmentation_presets import new_step
from workbench.project.feeds import project_feeds
from workbench.project.file import dumps
from workbench.protocol import Finished, Train

RICH = AugmentationSettings(
    (
        new_step("mirror_horizontal"),
        new_step("crop"),
        new_step("rotation", border="reflect"),
        new_step("perspective"),
        new_step("brightness"),
        new_step("gaussian_noise"),
        new_step("rand_augment", 0.5),
        new_step("cutout"),
        new_step("mixup", 0.5),
        new_step("cutmix", 0.5),
    )
)
SHAPE = (16, 16, 1)
EPOCHS, BATCH = 2, 128


def classifier():
    return chain(
        ("input", "image", {"shape": list(SHAPE)}),
        ("keras.layers.Conv2D", "first", {"filters": 4, "kernel_size": 5, "strides": 3}),
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dense", "output", {"units": 10, "activation": "softmax"}),
    )


def digest(array):
    array = np.ascontiguousarray(array)
    return array.shape, str(array.dtype), sha256(array.tobytes()).hexdigest()


@pytest.fixture
def entered(monkeypatch):
    """Digests of all that the first layer is given while it computes, and of all targets that the loss is given."""
    inputs, targets = [], []
    call, loss = keras.layers.Conv2D.call, keras.Model.compute_loss

    def recording_call(layer, images):
        if layer.name == "first" and isinstance(images, tf.Tensor):
            tf.py_function(lambda given: inputs.append(digest(given.numpy())), [images], [])
        return call(layer, images)

    def recording_loss(model, x=None, y=None, *rest, **named):
        tf.py_function(lambda given: targets.append(digest(given.numpy())), [y], [])
        return loss(model, x, y, *rest, **named)

    monkeypatch.setattr(keras.layers.Conv2D, "call", recording_call)
    monkeypatch.setattr(keras.Model, "compute_loss", recording_loss)
    return inputs, targets


def test_the_first_layer_gets_what_the_preview_shows(entered, tmp_path):
    training = TrainingSettings(epochs=EPOCHS, batch_size=BATCH, seed=11)
    project = Project([classifier()], DatasetSettings(), training, "rich", augmentation=RICH)
    command = Train(project=dumps(project).decode(), runs=str(tmp_path))
    assert isinstance(run_job(command, lambda event: None, threading.Event()), Finished)
    feeds = project_feeds(project, open_source("digits"), SHAPE)  # as the panel does
    inputs, targets = entered
    order = {epoch: feeds.training.order(epoch) for epoch in range(EPOCHS)}
    expected = [
        feeds.training.batch(order[epoch][start : start + BATCH], epoch)
        for epoch in range(EPOCHS)
        for start in range(0, len(feeds.training), BATCH)
    ]
    mixed = np.concatenate([batch.targets for batch in expected])
    assert mixed.dtype == np.float32
    assert ((mixed > 0).sum(axis=1) > 1).mean() > 0.3
    wanted = {digest(batch.images) for batch in expected}
    assert len(wanted) == len(expected)
    assert wanted <= set(inputs)
    assert {digest(batch.targets) for batch in expected} <= set(targets)
    held_out = [
        feeds.validation.batch(np.arange(len(feeds.validation))[start : start + BATCH], 0).images
        for start in range(0, len(feeds.validation), BATCH)
    ]
    assert set(inputs) == wanted | set(map(digest, held_out))  # and nothing else ever entered
