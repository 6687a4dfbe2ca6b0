import inspect

import keras
import numpy as np
import pytest

from tests.engine.drawings import chain
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.engine.objective import Target, objective_for, optimizer_for
from workbench.project import TrainingSettings
from workbench.project.objectives import LOSSES, METRICS
from workbench.project.optimizers import OPTIMIZERS


def objective(model, classes, shape=(), shares=False, **settings):
    return objective_for(model, [Target("d", shape, classes, shares)], TrainingSettings(**settings))


def loss_of(model, classes, **settings):
    return objective(model, classes, **settings).losses[0]


def metric_of(model, classes, name, **settings):
    return objective(model, classes, metrics=(name,), **settings).metrics[0][0]


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
    loss = loss_of(model, classes=3)
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    labels = np.array([0, 1, 2, 0, 1, 2])
    out = np.asarray(model(x))
    likely = out if probabilities else np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    expected = -np.mean(np.log(likely[np.arange(6), labels]))
    assert float(loss(labels, out)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_output_tells_two_classes_apart(activation):
    model = _ending(_dense(1, activation))
    out = np.array([[0.9], [0.2]]) if activation else np.array([[2.2], [-1.4]])
    accuracy = metric_of(model, 2, "accuracy")
    accuracy.update_state(np.array([1, 0]), out)
    assert float(accuracy.result()) == 1
    assert float(loss_of(model, 2)(np.array([1.0, 0.0]), out)) < 0.3


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
        objective(model, classes)


def keras_arguments(name):
    """Constructor arguments and defaults as Keras has them, without what the settings hold elsewhere."""
    signature = inspect.signature(getattr(keras.optimizers, name).__init__)
    left_out = {"self", "name", "learning_rate", "kwargs"}
    return {key: value.default for key, value in signature.parameters.items() if key not in left_out}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_kerass_arguments_with_kerass_defaults(name):
    params = {param.name: param.default for param in OPTIMIZERS[name].params}
    assert params == keras_arguments(name)
    assert all(param.kind.accepts(param.default) for param in OPTIMIZERS[name].params)
    signature = inspect.signature(getattr(keras.optimizers, name).__init__)
    assert OPTIMIZERS[name].learning_rate == signature.parameters["learning_rate"].default


def test_every_optimizer_of_keras_is_there_but_for_those_that_wrap_others():
    base, wrappers = keras.optimizers.Optimizer, {"Optimizer", "LossScaleOptimizer", "MultiOptimizer"}
    found = {
        name
        for name, each in vars(keras.optimizers).items()
        if isinstance(each, type) and issubclass(each, base) and name not in wrappers
    }
    assert found == set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_is_made_with_the_settings_arguments(name):
    optimizer = optimizer_for(
        TrainingSettings(optimizer=name, learning_rate=0.1, optimizer_params={"clipnorm": 1.0, "use_ema": True})
    )
    assert type(optimizer) is getattr(keras.optimizers, name)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    assert (optimizer.clipnorm, optimizer.use_ema) == (1.0, True)


def test_two_ways_to_clip_are_refused_in_words():
    settings = TrainingSettings(optimizer_params={"clipnorm": 1.0, "clipvalue": 1.0})
    with pytest.raises(JobError, match="Adam cannot be made: "):
        optimizer_for(settings)


LABELS = np.array([0, 2, 1])
PREDICTED = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]], np.float32)


def softmax_model():
    return _ending(_dense(3, "softmax"))


def test_label_smoothing_of_class_indices_equals_keras_on_one_hot_targets() -> None:
    """The same numbers as Keras's own smoothing, which takes one-hot targets."""
    ours = loss_of(softmax_model(), 3, label_smoothing=0.1)(LABELS, PREDICTED)
    theirs = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(np.eye(3)[LABELS], PREDICTED)
    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)
    assert float(ours) != pytest.approx(float(loss_of(softmax_model(), 3)(LABELS, PREDICTED)), abs=1e-3)


def test_mixed_targets_are_compared_as_shares():
    shares = np.array([[0.5, 0.5, 0], [0, 0.2, 0.8], [0, 1, 0]], np.float32)
    ours = objective(softmax_model(), 3, (3,), shares=True).losses[0]
    theirs = keras.losses.CategoricalCrossentropy()(shares, PREDICTED)
    assert float(ours(shares, PREDICTED)) == pytest.approx(float(theirs), rel=1e-6)
    # The same objective takes class numbers, as validation has them.
    sparse = keras.losses.SparseCategoricalCrossentropy()(LABELS, PREDICTED)
    assert float(ours(LABELS, PREDICTED)) == pytest.approx(float(sparse), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("sparse_categorical_crossentropy", keras.losses.CategoricalCrossentropy()),
        ("categorical_crossentropy", keras.losses.CategoricalCrossentropy()),
        ("categorical_focal_crossentropy", keras.losses.CategoricalFocalCrossentropy()),
        ("categorical_hinge", keras.losses.CategoricalHinge()),
        ("kl_divergence", keras.losses.KLDivergence()),
        ("tversky", keras.losses.Tversky()),
    ],
)
def test_a_loss_over_classes_equals_keras_on_one_hot_targets(name, theirs):
    ours = loss_of(softmax_model(), 3, loss=name)
    expected = float(theirs(np.eye(3, dtype=np.float32)[LABELS], PREDICTED))
    assert float(ours(LABELS, PREDICTED)) == pytest.approx(expected, rel=1e-5)


def test_losses_take_logits_where_the_network_ends_in_them():
    logits = np.log(PREDICTED)
    for name in ("categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence"):
        likely = loss_of(softmax_model(), 3, loss=name)(LABELS, PREDICTED)
        assert float(loss_of(_ending(_dense(3)), 3, loss=name)(LABELS, logits)) == pytest.approx(
            float(likely), rel=1e-4
        )


@pytest.mark.parametrize("name", [key for key, loss in LOSSES.items() if not loss.classes])
def test_a_loss_over_numbers_is_kerass(name):
    targets, outputs = np.array([[1.0, 2.0], [3.0, 5.0]], np.float32), np.array([[1.5, 2.0], [2.0, 7.0]], np.float32)
    ours = objective(_ending(_dense(2)), None, (2,), loss=name).losses[0]
    theirs = keras.losses.get(name)
    assert float(ours(targets, outputs)) == pytest.approx(float(np.mean(theirs(targets, outputs))), rel=1e-5)


def test_numbers_are_learned_by_squares_and_followed_by_their_error():
    found = objective(_ending(_dense(2)), None, (2,))
    assert type(found.losses[0]) is keras.losses.MeanSquaredError
    assert found.reported == ["loss", "mean_absolute_error"]


def test_metrics_of_classes_agree_with_scikit_learn():
    from sklearn import metrics as theirs

    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 6, 200), random.dirichlet(np.ones(6), 200).astype(np.float32)
    one_hot, guesses = np.eye(6)[labels], scores.argmax(axis=1)
    expected = {
        "accuracy": theirs.accuracy_score(labels, guesses),
        "top_5_accuracy": theirs.top_k_accuracy_score(labels, scores, k=5),
        "precision": theirs.precision_score(one_hot, scores > 0.5, average="micro", zero_division=0),
        "recall": theirs.recall_score(one_hot, scores > 0.5, average="micro"),
        "f1": theirs.f1_score(labels, guesses, average="macro"),
        "mean_iou": theirs.jaccard_score(labels, guesses, average="macro"),
        "auc": theirs.roc_auc_score(one_hot.ravel(), scores.ravel()),
    }
    expected["mean_dice"] = expected["f1"]
    assert set(expected) == {key for key, metric in METRICS.items() if metric.classes and not metric.each}
    for name, value in expected.items():
        metric = metric_of(_ending(_dense(6, "softmax")), 6, name)
        for part in (slice(0, 150), slice(150, 200)):  # in two batches
            metric.update_state(labels[part], scores[part])
        # Keras's AUC is a sum over 200 thresholds.
        assert float(metric.result()) == pytest.approx(value, abs=5e-3 if name == "auc" else 1e-5), name
        metric.reset_state()
        metric.update_state(labels[:1], np.eye(6, dtype=np.float32)[labels[:1]])
        assert float(metric.result()) == pytest.approx(1, abs=1e-6) or name in ("f1", "mean_iou", "mean_dice"), name
