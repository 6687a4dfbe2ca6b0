"""Whole random networks: what analysis finds sound, Keras builds, with the same shapes and parameters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.networks import Network
from workbench.analysis import AnalysisContext, GraphAnalysis

CHAIN = [
    ("Conv", {"filters": 4, "kernel_size": 3, "padding": "same"}),
    ("Conv", {"filters": 6, "kernel_size": [1, 2], "strides": 2, "use_bias": False}),
    ("Conv", {"filters": 4, "kernel_size": 3, "groups": 2, "dilation_rate": 2}),
    ("Up", {"filters": 4, "kernel_size": 2, "strides": 2, "activation": "relu"}),
    ("Max", {"pool_size": 2}),
    ("Average", {"pool_size": 3, "strides": 1, "padding": "same"}),
    ("GlobalAveragePooling2D", {}),
    ("GlobalAveragePooling2D", {"keepdims": True}),
    ("BatchNormalization", {"scale": False}),
    ("BatchNormalization", {"dtype": "mixed_float16"}),
    ("Dropout", {"rate": 0.5}),
    ("Activation", {"activation": "tanh"}),
    ("ReLU", {"max_value": 6}),
    ("Softmax", {}),
    ("Flatten", {}),
    ("Dense", {"units": 5}),
]


@st.composite
def networks(draw) -> Network:
    """Layers on layers; merges of any two nodes, which often do not fit."""
    network = Network(draw(st.sampled_from([(12, 12, 4), (None, 9, 2), (8, 8, 1)])))
    names = ["input"]
    for number in range(draw(st.integers(1, 9))):
        name = f"layer_{number}"
        if draw(st.integers(0, 3)):
            kind, params = draw(st.sampled_from(CHAIN))
            network.on(kind, name, draw(st.sampled_from(names[-2:])), **params)
        else:
            sources = draw(st.lists(st.sampled_from(names), min_size=2, max_size=3))
            network.on(draw(st.sampled_from(["Add", "Concatenate"])), name, *sources)
        if network.analysed().diagnostics:  # leave out what does not fit, so that networks grow
            for wire in network.graph.wires_into(network.last):
                network.graph.disconnect(wire)
            network.graph.remove_node(network.last)
        else:
            names.append(name)
    return network


@pytest.mark.filterwarnings("ignore:::keras")
@settings(max_examples=40)
@given(networks())
def test_a_sound_network_is_built_with_the_same_shapes(keras, network):
    from workbench.engine.compile import build_model

    analysis = GraphAnalysis(network.graph, context=AnalysisContext())
    if analysis.diagnostics:
        assert [problem.code for problem in analysis.diagnostics] == ["graph.no-output"]
        return
    model = build_model(network.graph, seed=0)
    assert model.count_params() == analysis.totals.params
    trainable = sum(int(keras.ops.size(weight)) for weight in model.trainable_weights)
    assert trainable == analysis.totals.trainable_params
    for node in network.graph:
        (spec,) = analysis.report(node.id).outputs.values()
        built = model.get_layer(node.name).output
        assert (built.shape[1:], built.dtype) == (spec.shape, spec.dtype), node.name
