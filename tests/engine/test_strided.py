"""1x1 convolutions with strides on few channels train, and give what Keras gives."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

pytest.importorskip("keras")

# In a process of its own: what it guards against is the process's death, on CPUs with AVX-512.
TRAINS = """
    from workbench.engine import runtime

    runtime.load()
    import numpy as np
    import tensorflow as tf
    import keras

    x = tf.constant(np.random.default_rng(0).random((32, 60, 60, 8), dtype="float32"))
    layer = keras.layers.Conv2D(16, 1, strides=2, padding="same", use_bias=False)
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x) ** 2)
        gradient = tape.gradient(loss, layer.kernel.value)
    print(gradient.shape)
"""


def test_training_one_does_not_end_the_process():
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(TRAINS)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
    assert "(1, 1, 8, 16)" in done.stdout


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("size", "strides"), [(9, 2), (8, 2), (10, 3), (8, (1, 2))])
def test_it_gives_what_tensorflow_gives(padding, size, strides):
    import keras
    import tensorflow as tf

    from workbench.engine import runtime

    runtime.load()
    rng = np.random.default_rng(1)
    x, kernel = rng.random((2, size, size, 5), dtype="float32"), rng.random((1, 1, 5, 7), dtype="float32")
    ours = keras.ops.conv(x, kernel, strides, padding, "channels_last")
    steps = strides if isinstance(strides, tuple) else (strides, strides)
    theirs = tf.nn.conv2d(x, kernel, steps, padding.upper())
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    layer = keras.layers.Conv2D(7, 1, strides=strides, padding=padding, use_bias=False)
    assert layer(keras.Input((size, size, 5))).shape == (None, *theirs.shape[1:])
