"""Every layer type drawn in a graph becomes the Keras layer, through the engine."""

import subprocess
import sys

import pytest

from tests.layers.outcomes import KERAS_TYPES, NOT_IN_NETWORKS, Refused, catalogue_outcome
from tests.layers.test_layer_types import CASES, layer_of
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import LayerType


def drawn(layer: LayerType, params, inputs) -> Graph:
    graph = Graph("model")
    graph.add_node(Node(NodeId("layer"), layer.key, "layer", params))
    ports = [port.name for port in layer.inputs]
    for index, spec in enumerate(inputs):
        name = f"input_{index}"
        graph.add_node(Node(NodeId(name), "input", name, {"shape": list(spec.shape), "dtype": spec.dtype}))
        port = ports[min(index, len(ports) - 1)]
        graph.connect(Wire(NodeId(name), NodeId("layer"), "output", port, index if layer.inputs[0].variadic else 0))
    return graph


@pytest.mark.parametrize("layer", [layer for layer in KERAS_TYPES if layer.inputs], ids=lambda layer: layer.label)
def test_compiles_to_what_analysis_says(keras, layer):
    from workbench.engine.compile import build_model

    case, expected = next(
        (case, outcome)
        for case in CASES
        if layer_of(case) is layer
        and not isinstance(outcome := catalogue_outcome(layer, case.params, case.inputs), Refused)
    )
    model = build_model(drawn(layer, case.params, case.inputs), seed=1)
    assert model.output_shape[1:] == expected.shape
    assert model.count_params() == expected.params


@pytest.mark.parametrize("label", sorted(NOT_IN_NETWORKS))
def test_what_is_refused_altogether_still_fails_in_keras(keras, label):
    image = keras.Input((8, 8, 3))
    output = getattr(keras.layers, label)()(image)
    with pytest.raises(ValueError, match="cycle"):
        keras.Model(image, output)


def test_adaptive_maxima_to_one_still_kill_tensorflow():
    """Why the catalogue refuses them; where this fails, `pooling.adaptive-one` can go."""
    code = "import keras; keras.layers.AdaptiveMaxPooling2D(1)(keras.ops.ones((1, 4, 4, 1)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode < 0
