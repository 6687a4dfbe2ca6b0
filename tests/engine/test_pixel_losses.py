"""Every loss of segmentation against a formula in plain numpy, written down anew."""

import keras
import numpy as np
import pytest

from tests.engine.drawings import chain
from workbench.data.source import VOID
from workbench.engine.compile import build_model
from workbench.engine.objective import Target, objective_for
from workbench.project import TrainingSettings

SHAPE, CLASSES = (5, 6), 3
RANDOM = np.random.default_rng(3)
LABELS = RANDOM.integers(0, CLASSES, (4, *SHAPE)).astype(np.uint8)
SCORES = RANDOM.normal(0, 2, (4, *SHAPE, CLASSES)).astype(np.float32)
WEIGHTS = (0.5, 2.0, 1.25)
KEYS = [
    ("auto", {}),
    ("sparse_categorical_crossentropy", {}),
    ("categorical_crossentropy", {}),
    ("categorical_focal_crossentropy", {"alpha": 0.4, "gamma": 1.5}),
    ("dice", {}),
    ("tversky", {"alpha": 0.2, "beta": 0.9}),
    ("crossentropy_dice", {"dice": 0.6}),
    ("focal_dice", {"gamma": 3.0, "dice": 0.5}),
    ("crossentropy_tversky", {"tversky": 2.0, "alpha": 0.3, "beta": 0.7}),
]


def loss_of(key, params, *, activation="softmax", units=CLASSES, classes=CLASSES, weights=(), **settings):
    steps = [
        ("input", "x", {"shape": [*SHAPE, 2]}),
        ("keras.layers.Conv2D", "c", {"filters": units, "kernel_size": 1, "activation": activation}),
    ]
    model = build_model(chain(*steps), 0)
    target = Target("d", SHAPE, classes, class_names=tuple("abcdef"[:classes]), weights=weights)
    training = TrainingSettings(loss=key, loss_params=params, **settings)
    return objective_for(model, [target], training).losses[0]


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def expected(key, params, labels, likely, weights=(1.0, 1.0, 1.0)):
    """By loops and sums over pixels, as the papers have it."""
    gamma = params.get("gamma", 2.0)

    def by_image(of_pixel):
        sums = []
        for image, chances in zip(labels, likely, strict=True):
            there = image != VOID
            values = [weights[k] * of_pixel(float(p[k])) for k, p in zip(image[there], chances[there], strict=True)]
            sums.append(sum(values) / len(values) if values else 0.0)
        return np.mean(sums)

    def by_class(of_class):
        there = labels != VOID
        present = [k for k in range(likely.shape[-1]) if (labels == k).any()]
        values = []
        for k in present:
            true, chance = (labels[there] == k), likely[there][:, k].astype(np.float64)
            values.append(of_class((true * chance).sum(), ((~true) * chance).sum(), (true * (1 - chance)).sum()))
        return np.average(values, weights=[weights[k] for k in present])

    crossentropy = by_image(lambda p: -np.log(p))
    focal = by_image(lambda p: -((1 - p) ** gamma) * np.log(p))
    dice = by_class(lambda right, much, missed: 1 - 2 * right / (2 * right + much + missed))
    alpha, beta = params.get("alpha", 0.5), params.get("beta", 0.5)
    tversky = by_class(lambda right, much, missed: 1 - right / (right + alpha * much + beta * missed))
    return {
        "categorical_focal_crossentropy": params.get("alpha", 0.25) * focal,
        "dice": dice,
        "tversky": tversky,
        "crossentropy_dice": crossentropy + params.get("dice", 1.0) * dice,
        "focal_dice": focal + params.get("dice", 1.0) * dice,
        "crossentropy_tversky": crossentropy + params.get("tversky", 1.0) * tversky,
    }.get(key, crossentropy)


@pytest.mark.parametrize(("key", "params"), KEYS)
@pytest.mark.parametrize("activation", ["softmax", None])
@pytest.mark.parametrize("weights", [(), WEIGHTS])
def test_a_loss_is_its_formula(key, params, activation, weights):
    outputs = SCORES if activation is None else softmax(SCORES)
    found = loss_of(key, params, activation=activation, weights=weights)(LABELS, outputs)
    wanted = expected(key, params, LABELS, softmax(SCORES), weights or (1.0,) * 3)
    assert float(found) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize(("key", "params"), KEYS)
def test_void_pixels_count_nowhere(key, params):
    labels = LABELS.copy()
    labels[0, :2], labels[1] = VOID, VOID
    loss = loss_of(key, params)
    found = float(loss(labels, softmax(SCORES)))
    assert found == pytest.approx(expected(key, params, labels, softmax(SCORES)), rel=1e-4)
    other = SCORES.copy()
    other[labels == VOID] = 50 * RANDOM.normal(size=other[labels == VOID].shape)
    assert float(loss(labels, softmax(other))) == pytest.approx(found, rel=1e-5)


@pytest.mark.parametrize(("key", "params"), KEYS)
def test_shares_of_one_class_are_as_its_number(key, params):
    loss = loss_of(key, params)
    shares = np.eye(CLASSES, dtype=np.float32)[LABELS]
    assert float(loss(shares, softmax(SCORES))) == pytest.approx(float(loss(LABELS, softmax(SCORES))), rel=1e-6)


@pytest.mark.parametrize(("key", "params"), [*KEYS, ("kl_divergence", {}), ("categorical_hinge", {})])
def test_gradients_are_finite_where_the_network_is_sure(key, params):
    import tensorflow as tf

    labels = LABELS.copy()
    labels[2] = VOID
    for outputs, activation in ((80 * SCORES, None), (softmax(80 * SCORES), "softmax")):
        loss, tensor = loss_of(key, params, activation=activation), tf.Variable(outputs)
        with tf.GradientTape() as tape:
            value = loss(labels, tensor)
        assert np.isfinite(float(value))
        assert np.isfinite(np.asarray(tape.gradient(value, tensor))).all()


@pytest.mark.parametrize("activation", ["sigmoid", None])
@pytest.mark.parametrize(
    ("key", "params"),
    [
        ("auto", {}),
        ("binary_crossentropy", {}),
        ("binary_focal_crossentropy", {"gamma": 1.0}),
        ("dice", {}),
        ("crossentropy_dice", {}),
    ],
)
def test_one_output_is_the_chance_of_the_second_class(key, params, activation):
    labels = (LABELS > 0).astype(np.uint8)
    likely = 1 / (1 + np.exp(-SCORES[..., :1]))
    outputs = likely if activation else SCORES[..., :1]
    found = float(loss_of(key, params, activation=activation, units=1, classes=2)(labels, outputs))
    p, t = likely[..., 0].astype(np.float64), labels.astype(np.float64)
    cross = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    focal = -(t * (1 - p) * np.log(p) + (1 - t) * p * np.log(1 - p)).mean()
    dice = 1 - 2 * (t * p).sum() / (t.sum() + p.sum())
    wanted = {"binary_focal_crossentropy": focal, "dice": dice, "crossentropy_dice": cross + dice}.get(key, cross)
    assert found == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ("auto", keras.losses.SparseCategoricalCrossentropy()),
        ("categorical_focal_crossentropy", None),
        ("kl_divergence", None),
        ("categorical_hinge", None),
    ],
)
def test_what_keras_has_is_as_keras_has_it(key, theirs):
    found = float(loss_of(key, {})(LABELS, softmax(SCORES)))
    if theirs is None:
        name = {"kl_divergence": "KLDivergence", "categorical_hinge": "CategoricalHinge"}.get(
            key, "CategoricalFocalCrossentropy"
        )
        wanted = getattr(keras.losses, name)()(np.eye(CLASSES, dtype=np.float32)[LABELS], softmax(SCORES))
    else:
        wanted = theirs(LABELS, softmax(SCORES))
    assert found == pytest.approx(float(wanted), rel=1e-4)


def test_a_sigmoid_for_each_class_is_compared_class_by_class():
    likely = 1 / (1 + np.exp(-SCORES))
    found = float(loss_of("binary_crossentropy", {}, activation="sigmoid")(LABELS, likely))
    wanted = keras.losses.BinaryCrossentropy()(np.eye(CLASSES, dtype=np.float32)[LABELS], likely)
    assert found == pytest.approx(float(wanted), rel=1e-4)


def test_smoothing_is_as_in_keras():
    found = float(loss_of("categorical_crossentropy", {}, label_smoothing=0.2)(LABELS, softmax(SCORES)))
    wanted = keras.losses.CategoricalCrossentropy(label_smoothing=0.2)(
        np.eye(CLASSES, dtype=np.float32)[LABELS], softmax(SCORES)
    )
    assert found == pytest.approx(float(wanted), rel=1e-4)


def test_combinations_serve_images_with_one_class_as_well():
    steps = [("input", "x", {"shape": [4]}), ("keras.layers.Dense", "d", {"units": 3, "activation": "softmax"})]
    training = TrainingSettings(loss="crossentropy_dice")
    loss = objective_for(build_model(chain(*steps), 0), [Target("d", (), 3)], training).losses[0]
    labels, likely = LABELS[0, 0], softmax(SCORES[0, 0])
    cross = -np.log(likely[np.arange(6), labels]).mean()
    dice = expected("dice", {}, labels[None], likely[None])
    assert float(loss(labels.astype(np.int64), likely)) == pytest.approx(cross + dice, rel=1e-4)
