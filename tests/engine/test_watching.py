"""What is followed of a network's layers, beside gradients that are worked out layer by layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from workbench.engine.training.model import TrainingModel
from workbench.engine.training.watching import LayerWatch


@pytest.fixture
def model():
    keras.utils.set_random_seed(7)
    image = x = keras.Input((6, 6, 1), name="image")
    x = keras.layers.Conv2D(3, 3, name="conv")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dense(4, use_bias=False, name="hidden")(keras.layers.Flatten(name="flat")(x))
    model = TrainingModel(image, keras.layers.Dense(3, activation="softmax", name="classes")(x))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def test_gradient_norms_are_those_of_each_layer_by_itself(model):
    random = np.random.default_rng(1)
    x, y = random.normal(size=(8, 6, 6, 1)).astype("float32"), random.integers(0, 3, 8)
    watch = LayerWatch(model, lambda epoch, batch: (x, y), {}, lambda event: None, True, 1)
    norms = watch.look(1, 1)
    expected = {}
    for layer in model.layers:
        variables = [variable.value for variable in layer.trainable_variables]
        if variables:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x, training=False)))
            slopes = tape.gradient(loss, variables)
            expected[layer.name] = float(np.sqrt(sum((slope.numpy() ** 2).sum() for slope in slopes)))
    assert list(norms) == ["conv", "norm", "hidden", "classes"]
    assert {name: norm.gradients for name, norm in norms.items()} == pytest.approx(expected, rel=1e-4)
    assert min(expected.values()) > 0
