"""Models that Keras 2 makes and saves, with what they compute: run by the Python that has tf_keras.

    python keras_2_models.py FOLDER

For each model: NAME.h5, NAME.keras, and NAME.npz with an input `x` and the output `y`.
"""

import importlib
import sys
from pathlib import Path

NOT_AS_KERAS = ("caffe",)
"""tf_keras cannot write an ellipsis, as in `x[..., ::-1]`, into a .keras archive."""


def sequential(tk):
    """Name and layers of each sequential model; the first one takes the shape of the input."""
    layers, image = tk.layers, {"input_shape": (8, 8, 3)}
    own = tk.initializers.VarianceScaling(2.0, distribution="normal")
    yield "batch", [layers.Conv2D(4, 3, **image), layers.BatchNormalization(), layers.Flatten(), layers.Dense(2)]
    yield "leaky", [layers.Conv2D(4, 3, **image), layers.LeakyReLU(0.1), layers.ELU(0.5), layers.ThresholdedReLU(0.05)]
    yield "rectified", [layers.Conv2D(4, 3, **image), layers.ReLU(6.0, 0.1, 0.2), layers.PReLU(shared_axes=[1, 2])]
    yield "swish", [layers.Conv2D(4, 3, activation="swish", **image), layers.Activation("gelu"), layers.Softmax()]
    yield "scales", [layers.Conv2D(4, 3, **image), layers.LayerNormalization(), layers.GroupNormalization(2)]
    yield "kernels", [layers.SeparableConv2D(4, 3, **image), layers.DepthwiseConv2D(3), layers.Conv2DTranspose(3, 3)]
    yield (
        "pools",
        [layers.MaxPooling2D(**image), layers.AveragePooling2D(), layers.GlobalAveragePooling2D(keepdims=True)],
    )
    yield "drops", [layers.SpatialDropout2D(0.2, **image), layers.GaussianNoise(0.1), layers.AlphaDropout(0.1)]
    yield (
        "shapes",
        [layers.ZeroPadding2D(1, **image), layers.Cropping2D(1), layers.UpSampling2D(), layers.Permute((2, 1, 3))],
    )
    yield "lines", [layers.Conv1D(4, 3, padding="causal", input_shape=(12, 3)), layers.GlobalMaxPooling1D()]
    yield (
        "volumes",
        [layers.Conv3D(4, 3, input_shape=(6, 6, 6, 2)), layers.MaxPooling3D(), layers.Conv3DTranspose(2, 3)],
    )
    yield "images", [layers.Rescaling(1 / 255, **image), layers.Resizing(6, 6), layers.CenterCrop(4, 4)]
    yield "random", [layers.RandomFlip(**image), layers.RandomRotation(0.1), layers.RandomContrast(0.1)]
    yield "adapted", [layers.Normalization(**image), layers.Conv2D(2, 3)]
    yield "adapted-all", [layers.Normalization(axis=None, **image), layers.Conv2D(2, 3)]
    yield (
        "begun",
        [layers.Conv2D(4, 3, kernel_initializer=own, kernel_regularizer=tk.regularizers.l1_l2(0.1, 0.2), **image)],
    )
    yield "recurrent", [layers.LSTM(4, return_sequences=True, input_shape=(5, 3)), layers.GRU(3)]
    yield "both-ways", [layers.Bidirectional(layers.LSTM(4), input_shape=(5, 3)), layers.Dense(2)]
    yield (
        "timed",
        [layers.TimeDistributed(layers.BatchNormalization(), input_shape=(3, 4)), layers.Flatten(), layers.Dense(2)],
    )
    yield "masked", [layers.Masking(0.0, input_shape=(5, 3)), layers.SimpleRNN(2)]
    yield "nested", [tk.Sequential([layers.Conv2D(4, 3, **image), layers.BatchNormalization()]), layers.Flatten()]


def functional(tk, tf):
    """Name, input and output of each functional model."""
    layers = tk.layers
    x = layers.Input((8, 8, 3))
    yield "residual", x, layers.Add()([layers.BatchNormalization()(layers.Conv2D(4, 3)(x)), layers.Conv2D(4, 3)(x)])
    yield "scaled", x, layers.Conv2D(2, 3)(tf.nn.relu(x / 127.5 - 1.0))
    parts = [tf.reduce_mean(x, axis=-1, keepdims=True), tf.math.sigmoid(x) * 2 + x, 2 - x[:, :, :, :1]]
    yield "sliced", x, tf.concat(parts, -1)
    for mode in ("caffe", "tf", "torch"):
        yield mode, x, layers.Conv2D(2, 3)(tk.applications.imagenet_utils.preprocess_input(x, mode=mode))
    yield "turned", x, layers.Dense(3)(tf.transpose(tf.reshape(x, (-1, 64, 3)), [0, 2, 1]))
    yield "padded", x, layers.Conv2D(2, 3)(tf.clip_by_value(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), -0.5, 0.5))
    yield "resized", x, layers.Conv2D(2, 3)(tf.image.resize(x, (16, 16)))
    yield "hard-swish", x, layers.Multiply()([x, tf.nn.relu6(x + 3.0) / 6.0])
    yield "largest", x, tf.maximum(tf.nn.leaky_relu(x, 0.3), tf.exp(tf.sqrt(tf.abs(x))))
    yield "unit", x, tf.cast(tf.math.l2_normalize(layers.Flatten()(x), axis=1), tf.float32)
    inner = tk.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization()])
    yield "once", x, layers.Flatten()(inner(x))
    yield "twice", x, layers.Add()([inner(x), inner(layers.ReLU()(x))])
    y = layers.Input((8, 8, 3))
    middle = tk.Model(y, layers.Conv2D(2, 3)(inner(y)))
    yield "thrice-nested", x, layers.Flatten()(middle(x))
    row = layers.Input((5, 4))
    dense = layers.Dense(4)
    yield "shared", row, layers.Concatenate()([dense(dense(row)), row])
    yield "attending", row, layers.MultiHeadAttention(2, 4)(row, row)
    yield "products", row, layers.Dot(axes=(2, 2))([row, row])


def applications(tk):
    """A published network of each kind."""
    for name in ("MobileNetV2", "MobileNetV3Small", "EfficientNetB0", "ResNet50", "DenseNet121"):
        yield name, getattr(tk.applications, name)(weights=None, input_shape=(64, 64, 3), classes=5)


def models(tk, tf):
    for name, layers in sequential(tk):
        yield name, tk.Sequential(layers)
    for name, x, y in functional(tk, tf):
        yield name, tk.Model(x, y)
    yield from applications(tk)


def main(folder):
    import numpy as np
    import tensorflow as tf

    tk = importlib.import_module("tf_keras")  # only where this runs

    generator = np.random.default_rng(0)
    tk.utils.set_random_seed(1)
    for name, model in models(tk, tf):
        for weight in model.weights:
            if any(part in weight.name for part in ("moving", "gamma", "beta", "bias")):
                weight.assign(generator.uniform(0.3, 1.2, weight.shape))
        for layer in model.layers:
            if isinstance(layer, tk.layers.Normalization) and layer.input_mean is None:
                layer.adapt(generator.normal(2, 3, (20, 8, 8, 3)))
        x = generator.normal(size=(2, *model.input_shape[1:])).astype("float32")
        np.savez(folder / f"{name}.npz", x=x, y=np.asarray(model(x, training=False)))
        for suffix in ("h5",) if name in NOT_AS_KERAS else ("h5", "keras"):
            model.save(folder / f"{name}.{suffix}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
