"""A network that normalises by measured numbers: built by Keras, trained and exported with them in it."""

import numpy as np

from tests.engine.drawings import small_classifier
from tests.engine.projects import train_small
from workbench.data.feed import divide
from workbench.data.fit import Framing
from workbench.data.measure import measure
from workbench.data.sources import open_source
from workbench.engine.compile import build_model
from workbench.project import normalising
from workbench.project.normalisation import image_input, present
from workbench.protocol import Finished


def measured_digits(shape):
    division = divide(open_source("digits"), 0.2, 0.0, 0)
    framing = Framing(tuple(shape))
    training = division.split.training
    found = measure(division.source, training, prepare=lambda image: framing.scaled(framing.frame(image)))
    images = np.stack([framing.scaled(framing.frame(division.source.read(int(i)))) for i in training])
    return found, images


def test_behind_the_layer_training_images_have_mean_0_and_variance_1():
    graph = small_classifier()
    found, images = measured_digits(image_input(graph).params["shape"])
    normalising(graph, found.mean, found.variance).apply(graph)
    layer = build_model(graph, seed=1).get_layer(present(graph).name)
    values = layer(images).numpy()
    assert abs(values.mean()) < 1e-4
    assert abs(values.var() - 1) < 1e-3


def test_it_trains(tmp_path):
    graph = small_classifier()
    found, _ = measured_digits(image_input(graph).params["shape"])
    normalising(graph, found.mean, found.variance).apply(graph)
    finished, _ = train_small(tmp_path, graph=graph)
    assert isinstance(finished, Finished)
    assert finished.best["val_accuracy"] > 0.6
