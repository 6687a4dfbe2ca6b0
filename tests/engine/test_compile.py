import keras
import numpy as np
import pytest

from tests.engine.drawings import chain, small_classifier
from workbench.engine import JobError
from workbench.engine.compile import build_model
from workbench.graph import Graph, Node, NodeId, Wire


def test_a_chain_becomes_the_model_that_keras_would_build():
    model = build_model(small_classifier(), seed=3)

    keras.utils.set_random_seed(3)
    given = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(given)
    x = keras.layers.Flatten(name="flat")(x)
    x = keras.layers.Dropout(0.1, name="drop")(x)
    by_hand = keras.Model(given, keras.layers.Dense(10, activation="softmax", name="classes")(x))

    assert [layer.name for layer in model.layers] == [layer.name for layer in by_hand.layers]
    assert model.count_params() == by_hand.count_params()
    for ours, theirs in zip(model.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_initial_weights_depend_on_the_seed_alone():
    first = build_model(small_classifier(), seed=1).get_weights()
    build_model(chain(("input", "x", {"shape": [4]}), ("keras.layers.Dense", "d", {"units": 9})), seed=5)
    again = build_model(small_classifier(), seed=1).get_weights()
    other = build_model(small_classifier(), seed=2).get_weights()
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def _branches(order, ids=()):
    ids = {name: NodeId(dict(ids).get(name, name)) for name in ("in", "a", "b", "join")}
    graph = Graph("branches")
    for name, kind, params in (
        ("in", "input", {"shape": [4]}),
        ("a", "keras.layers.Dense", {"units": 2}),
        ("b", "keras.layers.Dense", {"units": 3}),
        ("join", "keras.layers.Concatenate", {}),
    ):
        graph.add_node(Node(ids[name], kind, name, params))
    graph.connect(Wire(ids["in"], ids["a"]))
    graph.connect(Wire(ids["in"], ids["b"]))
    for position, branch in enumerate(order):
        graph.connect(Wire(ids[branch], ids["join"], target_port="inputs", order=position))
    return graph


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_wires_into_a_merge_keep_their_order(order):
    model = build_model(_branches(order), seed=0)
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    parts = [np.asarray(model.get_layer(name)(x)) for name in order]
    np.testing.assert_allclose(np.asarray(model(x)), np.concatenate(parts, axis=1), rtol=1e-6)


def test_a_frozen_node_is_a_frozen_layer():
    graph = small_classifier()
    graph.replace_node(Node(NodeId("n1"), "keras.layers.Conv2D", "conv", graph.node(NodeId("n1")).params, False))
    model = build_model(graph, seed=0)
    assert not model.get_layer("conv").trainable
    assert sum(int(np.prod(w.shape)) for w in model.non_trainable_weights) == 4 * 9 + 4


def test_an_input_that_leads_nowhere_is_left_out():
    graph = small_classifier()
    graph.add_node(Node(NodeId("stray"), "input", "stray", {"shape": [3]}))
    model = build_model(graph, seed=0)
    assert [tensor.shape for tensor in (*model.inputs, *model.outputs)] == [(None, 8, 8, 1), (None, 10)]


def test_a_node_that_shares_a_layer_uses_its_weights():
    graph = chain(
        ("input", "x", {"shape": [4]}),
        ("keras.layers.Dense", "twice", {"units": 4}),
        Node(NodeId("again"), "keras.layers.Dense", "again", {"units": 4}, shares=NodeId("n1")),
    )
    model = build_model(graph, seed=0)
    assert model.count_params() == 4 * 4 + 4
    x = np.ones((1, 4), "float32")
    layer = model.get_layer("twice")
    np.testing.assert_allclose(np.asarray(model(x)), np.asarray(layer(layer(x))), rtol=1e-6)


def test_initial_weights_do_not_depend_on_ids_or_the_order_of_drawing():
    weights = []
    for ids in ({}, {"a": "z9", "b": "a0"}):
        graph = _branches("ab", ids)
        weights.append({layer.name: layer.get_weights() for layer in build_model(graph, seed=0).layers})
    for name in "ab":
        np.testing.assert_array_equal(weights[0][name][0], weights[1][name][0])


def test_several_inputs_and_outputs_come_in_the_order_of_their_names():
    graph = Graph("two")
    for node_id, kind, params in (
        ("left", "input", {"shape": [2]}),
        ("right", "input", {"shape": [3]}),
        ("second", "keras.layers.Dense", {"units": 5}),
        ("first", "keras.layers.Dense", {"units": 4}),
    ):
        graph.add_node(Node(NodeId(node_id), kind, node_id, params))
    graph.connect(Wire(NodeId("right"), NodeId("second")))
    graph.connect(Wire(NodeId("left"), NodeId("first")))
    model = build_model(graph, seed=0)
    assert [tensor.shape for tensor in model.inputs] == [(None, 2), (None, 3)]
    assert [tensor.shape for tensor in model.outputs] == [(None, 4), (None, 5)]


def test_configurations_of_initialisers_and_lists_of_sizes_reach_keras():
    config = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.25, "seed": None}}
    graph = chain(
        ("input", "x", {"shape": [9, 9, 2]}),
        (
            "keras.layers.Conv2D",
            "conv",
            {"filters": 2, "kernel_size": [3, 5], "strides": [2, 1], "kernel_initializer": config},
        ),
    )
    layer = build_model(graph, seed=0).get_layer("conv")
    assert (layer.kernel_size, layer.strides) == ((3, 5), (2, 1))
    assert layer.kernel_initializer.stddev == 0.25


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (
            chain(("input", "x", {"shape": [4, 4, 1]}), ("keras.layers.Conv2D", "c", {"filters": 1, "kernel_size": 9})),
            "c cannot be built",
        ),
        (chain(("input", "x", {"shape": [4]}), ("keras.layers.Nonsense", "odd", {})), "odd is of type"),
        (chain(("keras.layers.Dense", "alone", {"units": 2})), "alone has no input"),
        (
            chain(
                ("input", "x", {"shape": [4]}),
                (
                    "keras.layers.Dense",
                    "d",
                    {"units": 2, "kernel_initializer": {"class_name": "system", "config": {}, "module": "os"}},
                ),
            ),
            "d holds a os.system, which is no part of Keras",
        ),
        (Graph("empty"), "In the graph 'empty' no Input"),
    ],
)
def test_what_keras_refuses_names_the_node(graph, message):
    with pytest.raises(JobError, match=message):
        build_model(graph, seed=0)
