"""Where in the input the gradient of one output position is not zero: python -m tests.zoo.gradient_support < questions

A process of its own, since oneDNN must be off before TensorFlow starts: WORKAROUND for tensorflow 2.21, whose oneDNN
average pooling frees memory twice in the gradient of odd sizes ("double free or corruption").
Questions and answers are JSON lists.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def ask(questions: list[dict[str, Any]]) -> list[list[list[int]]]:
    """For each question (template, values, layer, positions): for each position and axis the first and last index."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.zoo.gradient_support"],
        input=json.dumps(questions),
        env={**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[list[list[int]]] = json.loads(done.stdout)
    return answers


def _answer(question: dict[str, Any]) -> list[list[int]]:
    import keras

    from tests.zoo.networks import graphs

    model = _linear_model(next(graphs(question["template"], **question["values"])))
    part = keras.Model(model.inputs, model.get_layer(question["layer"]).output)
    return [_support(part, question["values"]["input"], position) for position in question["positions"]]


def _support(part: Any, shape: list[int], position: int) -> list[int]:
    """First and last row and column that the output at (position, position) depends on."""
    import numpy as np
    import tensorflow as tf

    image = tf.ones((1, *shape))
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(part(image, training=False)[0, position, position])
    support = np.abs(tape.gradient(value, image)[0].numpy()).sum(axis=-1) > 0
    rows, columns = (np.flatnonzero(support.any(axis=axis)) for axis in (1, 0))
    return [int(end) for seen in (rows, columns) for end in (seen[0], seen[-1])]


def _linear_model(graph: Any) -> Any:
    """The compiled model with linear activations, means for largest values and positive constant weights."""
    import keras

    from workbench.engine.compile import build_model

    keras.backend.clear_session()
    model = keras.Model.from_config(_linear(build_model(graph, seed=0).get_config()))
    for layer in model.layers:
        layer.set_weights([_positive(weight) for weight in layer.weights])
    return model


def _linear(value: Any) -> Any:
    if isinstance(value, dict):
        changed = {key: _linear(item) for key, item in value.items()}
        if isinstance(changed.get("activation"), str):
            changed["activation"] = "linear"
        if str(changed.get("class_name", "")).startswith("MaxPooling"):
            changed["class_name"] = changed["class_name"].replace("Max", "Average")
        return changed
    return [_linear(item) for item in value] if isinstance(value, list | tuple) else value


def _positive(weight: Any) -> Any:
    import numpy as np

    if weight.name in ("beta", "moving_mean", "bias"):
        return np.zeros(weight.shape)
    if weight.name in ("gamma", "moving_variance"):
        return np.ones(weight.shape)
    return np.full(weight.shape, 1.0 / max(1, int(np.prod(weight.shape[:-1]))))


if __name__ == "__main__":
    print(json.dumps([_answer(question) for question in json.load(sys.stdin)]))
