"""Every layer type against real Keras: shape, dtype, weights, number of parameters, and what is refused."""

import pytest

from tests.layers.cases import CASES as FIRST_CASES
from tests.layers.cases import Case
from tests.layers.every_layer import EVERY_LAYER
from tests.layers.outcomes import KERAS_TYPES, Refused, catalogue_outcome, keras_outcome
from workbench.layers import LayerType

CASES = [*FIRST_CASES, *EVERY_LAYER]

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def layer_of(case: Case) -> LayerType:
    return next(layer for layer in KERAS_TYPES if case.label in (layer.key, layer.label))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_keras(keras, case):
    layer = layer_of(case)
    assert catalogue_outcome(layer, case.params, case.inputs) == keras_outcome(keras, layer, case.params, case.inputs)


@pytest.mark.parametrize("layer", KERAS_TYPES, ids=lambda layer: layer.label)
def test_every_type_has_a_case_that_fits(layer):
    outcomes = [catalogue_outcome(layer, case.params, case.inputs) for case in CASES if layer_of(case) is layer]
    assert any(not isinstance(outcome, Refused) for outcome in outcomes)
