"""Every layer type against real Keras, with parameters and inputs that nobody thought of."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.layers.drawn import inputs, parameters
from tests.layers.outcomes import KERAS_TYPES, Refused, can_try_on_values, catalogue_outcome, keras_outcome
from tests.layers.test_layer_types import CASES, layer_of
from workbench.layers import FLOATS

pytestmark = [pytest.mark.explore, pytest.mark.filterwarnings("ignore:::keras")]
EXAMPLES = 20
"""For each layer type; more than 110 types make over 2,200."""
JUNK = [None, True, 0, -1, 2, 0.5, 2.0, 1e9, "", "x", "same", "causal", [], [1], [0, 0], [2, 2], [1, 2, 3], [None], {}]


def symbols_tell_the_truth(layer, params, specs):
    """Symbolic calls on whole numbers promise floats; joining along the batch and attention between any sizes pass."""
    floats = all(spec.dtype in FLOATS for spec in specs)
    axes = params.get("axis", params.get("axes", -1))
    named = axes if isinstance(axes, list) else [axes]
    batch = len(specs) > 1 and any(isinstance(a, int) and a % (len(specs[0].shape) + 1) == 0 for a in named)
    no_such_kernel = layer.label.endswith("MaxPooling3D") and params.get("dtype") == "float64"
    # On values of more axes Keras fails inside its einsum; symbolically it promises a shape.
    too_many_axes = layer.label == "GroupQueryAttention" and any(len(spec.shape) != 2 for spec in specs)
    pastes_in_vain = layer.label == "CutMix" and str(params.get("dtype")).endswith("bfloat16")
    return floats and not (batch or layer.takes_list or no_such_kernel or too_many_axes or pastes_in_vain)


def looks_across_samples(layer, params, specs):
    """Attention along the batch, the features or no axis at all: Keras builds it and, on sequences, does not do it."""
    axes = params.get("attention_axes")
    if axes is None or not specs:
        return False
    rank = len(specs[0].shape) + 1
    named = axes if isinstance(axes, list) else [axes]
    return any(not 1 <= (axis if axis >= 0 else axis + rank) < rank - 1 for axis in named)


def names_an_axis_twice(params, specs):
    """As 1 and as -3: Keras computes it by chance, where sizes are 1; the catalogue refuses it."""
    axes = params.get("axis")
    if not isinstance(axes, list) or not specs:
        return False
    rank = len(specs[0].shape) + 1
    return len({axis % rank for axis in axes}) < len(axes)


@pytest.mark.parametrize("layer", KERAS_TYPES, ids=lambda layer: layer.label)
def test_agrees_with_keras(keras, layer):
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def agree(data):
        params = data.draw(parameters(layer))
        specs = data.draw(inputs(layer, params))
        assume(can_try_on_values(layer, params, specs) or symbols_tell_the_truth(layer, params, specs))
        assume(not looks_across_samples(layer, params, specs))
        assume(not names_an_axis_twice(params, specs))
        ours = catalogue_outcome(layer, params, specs)
        # These draw their operations: whether Keras fails on odd channels is a matter of chance.
        assume(not (layer.label in ("AugMix", "RandAugment") and type(ours).__name__ == "Refused"))
        assert ours == keras_outcome(keras, layer, params, specs)

    agree()


@pytest.mark.parametrize("layer", KERAS_TYPES, ids=lambda layer: layer.label)
def test_what_keras_refuses_is_refused(keras, layer):
    """Every parameter with every kind of wrong value. The catalogue may be stricter than Keras, never laxer."""
    sound = next(
        case
        for case in CASES
        if layer_of(case) is layer and not isinstance(catalogue_outcome(layer, case.params, case.inputs), Refused)
    )
    for param in layer.params:
        for value in JUNK:
            params = {**sound.params, param.name: value}
            ours = catalogue_outcome(layer, params, sound.inputs)
            if not isinstance(ours, Refused):
                assert ours == keras_outcome(keras, layer, params, sound.inputs), params
