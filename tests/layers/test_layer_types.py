"""Every layer type against real Keras: shape, dtype, weights, number of parameters, and what is refused."""

import pytest

from tests.layers.cases import CASES, Case
from tests.layers.outcomes import Refused, catalogue_outcome, keras_outcome
from workbench.layers import CATALOGUE, LayerType

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


def layer_of(case: Case) -> LayerType:
    return CATALOGUE[case.label if case.label in CATALOGUE else f"keras.layers.{case.label}"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_keras(keras, case):
    layer = layer_of(case)
    assert catalogue_outcome(layer, case.params, case.inputs) == keras_outcome(keras, layer, case.params, case.inputs)


@pytest.mark.parametrize("layer", list(CATALOGUE), ids=lambda layer: layer.label)
def test_every_type_has_a_case_that_fits(layer):
    outcomes = [catalogue_outcome(layer, case.params, case.inputs) for case in CASES if layer_of(case) is layer]
    assert any(not isinstance(outcome, Refused) for outcome in outcomes)
