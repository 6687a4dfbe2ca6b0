import keras
import numpy as np
import pytest

from tests.engine.drawings import chain, small_classifier
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.engine.variables import model_arrays, optimizer_arrays, restore_model


def test_every_variable_is_kept_seed_generators_and_averages_too():
    graph = small_classifier()
    model = build_model(graph, seed=0)
    optimizer = keras.optimizers.Adam(use_ema=True)
    optimizer.build(model.trainable_variables)
    arrays = model_arrays(model) | optimizer_arrays(optimizer)
    assert {key for key in arrays if key.startswith("model/")} == {
        "model/conv/000.kernel",
        "model/conv/001.bias",
        "model/drop/000.seed_generator_state",
        "model/classes/000.kernel",
        "model/classes/001.bias",
    }
    kept = sum(key.startswith("optimizer/") for key in arrays)
    assert kept == len(optimizer.variables) > 3 * len(model.trainable_variables)


def test_restored_variables_give_the_same_model():
    source = build_model(small_classifier(), seed=1)
    target = build_model(small_classifier(), seed=2)
    restore_model(target, model_arrays(source))
    x = np.random.default_rng(0).random((3, 8, 8, 1), "float32")
    np.testing.assert_array_equal(np.asarray(target(x)), np.asarray(source(x)))


def test_weights_of_another_model_are_refused_by_name():
    source = build_model(small_classifier(classes=10), seed=1)
    with pytest.raises(JobError, match=r"model/classes/000.kernel expects shape \(144, 3\); .* \(144, 10\)"):
        restore_model(build_model(small_classifier(classes=3), seed=1), model_arrays(source))
    other = build_model(chain(("input", "x", {"shape": [2]}), ("keras.layers.Dense", "d", {"units": 1})), seed=0)
    with pytest.raises(JobError, match="the file has nothing"):
        restore_model(other, model_arrays(source))
