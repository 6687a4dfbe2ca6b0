"""Spectral normalisation against numpy's singular values and against Keras's own wrapper."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.engine.adversarial.projects import gan
from workbench.engine.adversarial.networks import Networks
from workbench.engine.adversarial.spectral import SpectralNormalisation
from workbench.engine.adversarial.step import Step


def network():
    keras.utils.set_random_seed(3)
    layers = [keras.Input((8, 8, 2)), keras.layers.Conv2D(5, 3), keras.layers.Flatten(), keras.layers.Dense(1)]
    return keras.Sequential(layers)


def test_kernels_get_a_largest_singular_value_of_one_and_biases_stay():
    model = network()
    spectral = SpectralNormalisation(model, 0)
    for _ in range(100):
        spectral.iterate()
    for weight, normalised in zip(model.trainable_variables, spectral.weights(), strict=True):
        values = np.asarray(normalised)
        if values.ndim == 1:
            np.testing.assert_array_equal(values, np.asarray(weight))
        else:
            largest = np.linalg.svd(values.reshape(-1, values.shape[-1]), compute_uv=False)[0]
            assert largest == pytest.approx(1.0, rel=1e-3)


def test_gives_what_keras_gives_for_the_same_vectors():
    model = network()
    kernel = np.asarray(model.layers[0].kernel)
    wrapped = keras.layers.SpectralNormalization(keras.layers.Conv2D(5, 3))
    wrapped.build((None, 8, 8, 2))
    wrapped.layer.kernel.assign(kernel)
    spectral = SpectralNormalisation(model, 0)
    wrapped.vector_u.assign(spectral.vectors[0])
    wrapped(np.zeros((1, 8, 8, 2), np.float32), training=True)
    spectral.iterate()
    # Keras divides by the value that its last iteration gave; ours is iterated once more within the step.
    matrix = kernel.reshape(-1, 5)
    left = np.asarray(wrapped.vector_u)
    right = left @ matrix.T / np.linalg.norm(left @ matrix.T)
    again = right @ matrix / np.linalg.norm(right @ matrix)
    expected = kernel / (right @ matrix @ again.T).item()
    np.testing.assert_allclose(np.asarray(spectral.vectors[0]), left, atol=1e-5)
    np.testing.assert_allclose(np.asarray(spectral.weights()[0]), expected, rtol=1e-4, atol=1e-6)


def test_the_discriminator_is_judged_with_normalised_kernels_and_trains_its_own():
    networks = Networks(gan(spectral_normalisation=True))
    networks.discriminator.get_layer("drop").rate = 0.0
    step = Step(networks, gan(spectral_normalisation=True), 10)
    images = tf.random.stateless_normal([4, 8, 8, 1], [1, 2])
    for _ in range(50):
        networks.spectral.iterate()
    before = step.discriminate(images, ()).numpy()
    for weight in networks.discriminator.trainable_variables:
        if len(weight.shape) > 1:
            weight.assign(weight * 7.0)  # the norm of a kernel no longer counts
    np.testing.assert_allclose(step.discriminate(images, ()).numpy(), before, rtol=1e-3, atol=1e-4)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(step.discriminate(images, ()))
    kernel = networks.discriminator.get_layer("wide").kernel
    gradient = tape.gradient(score, kernel.value)
    # Normalised: moving a kernel along itself changes nothing.
    along = float(tf.reduce_sum(gradient * kernel.value)) / float(tf.norm(gradient) * tf.norm(kernel.value))
    assert abs(along) < 0.02
