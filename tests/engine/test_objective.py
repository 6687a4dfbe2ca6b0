import keras
import numpy as np
import pytest

from tests.engine.drawings import chain
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.engine.objective import objective_for, optimizer_for
from workbench.project import TrainingSettings


def _ending(*steps):
    return build_model(chain(("input", "x", {"shape": [4]}), *steps), seed=0)


def _dense(units, activation=None):
    return ("keras.layers.Dense", "d", {"units": units, "activation": activation})


@pytest.mark.parametrize(
    ("steps", "probabilities"),
    [
        ([_dense(3, "softmax")], True),
        ([_dense(3), ("keras.layers.Softmax", "s", {})], True),
        ([_dense(3), ("keras.layers.Activation", "a", {"activation": "softmax"})], True),
        ([_dense(3)], False),
        ([_dense(3), ("keras.layers.ReLU", "r", {})], False),
        ([_dense(3, "log_softmax")], False),
    ],
)
def test_probabilities_and_logits_are_told_apart_by_the_end_of_the_network(steps, probabilities):
    model = _ending(*steps)
    objective = objective_for(model, classes=3)
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    labels = np.array([0, 1, 2, 0, 1, 2])
    out = np.asarray(model(x))
    likely = out if probabilities else np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    expected = -np.mean(np.log(likely[np.arange(6), labels]))
    assert float(objective.loss(labels, out)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_output_tells_two_classes_apart(activation):
    model = _ending(_dense(1, activation))
    objective = objective_for(model, classes=2)
    out = np.array([[0.9], [0.2]]) if activation else np.array([[2.2], [-1.4]])
    objective.accuracy.update_state(np.array([1, 0]), out)
    assert float(objective.accuracy.result()) == 1
    assert float(objective.loss(np.array([1.0, 0.0]), out)) < 0.3


@pytest.mark.parametrize(
    ("model", "classes", "message"),
    [
        (_ending(_dense(3)), 10, "shape 3; 10 classes need 10 values"),
        (_ending(_dense(1)), 3, "shape 1; 3 classes"),
        (
            build_model(
                chain(
                    ("input", "x", {"shape": [6, 6, 1]}),
                    ("keras.layers.Conv2D", "c", {"filters": 2, "kernel_size": 3}),
                ),
                0,
            ),
            2,
            "shape 4x4x2; 2 classes",
        ),
    ],
)
def test_an_output_that_does_not_fit_the_classes_is_refused(model, classes, message):
    with pytest.raises(JobError, match=message):
        objective_for(model, classes)


def test_cosine_decay_ends_at_zero_and_constant_stays():
    cosine = optimizer_for(TrainingSettings(schedule="cosine", learning_rate=0.1), steps=10)
    assert float(cosine.learning_rate) == pytest.approx(0.1)
    cosine.iterations.assign(10)
    assert float(cosine.learning_rate) == pytest.approx(0, abs=1e-8)
    constant = optimizer_for(TrainingSettings(learning_rate=0.1), steps=10)
    constant.iterations.assign(10)
    assert float(constant.learning_rate) == pytest.approx(0.1)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "AdamW", "Nadam"])
def test_every_optimizer_of_the_settings_is_one_of_keras(name):
    optimizer = optimizer_for(TrainingSettings(optimizer=name), steps=1)
    assert type(optimizer) is getattr(keras.optimizers, name)


def test_label_smoothing_of_class_indices_equals_keras_on_one_hot_targets() -> None:
    """The same numbers as Keras's own smoothing, which takes one-hot targets."""
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(inputs))
    labels = np.array([0, 2, 1])
    predicted = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]], np.float32)
    ours = objective_for(model, classes=3, label_smoothing=0.1).loss(labels, predicted)
    theirs = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(np.eye(3)[labels], predicted)
    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)
    assert float(ours) != pytest.approx(float(objective_for(model, classes=3).loss(labels, predicted)), abs=1e-3)
