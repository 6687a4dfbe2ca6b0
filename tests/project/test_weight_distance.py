"""Distances of weights against formulas written out here."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from tests.engine.drawings import small_classifier
from workbench.graph import NodeId, Wire, copy_graph, edits
from workbench.project import InGraph, Project
from workbench.project.compare.weights import weight_distances
from workbench.project.weight_matching import layers_with_weights
from workbench.project.weights import slot_key


def arrays_of(project, seed):
    random = np.random.default_rng(seed)
    return {
        key: random.normal(size=shape) for layer in layers_with_weights(project) for key, shape in layer.wanted.items()
    }


def project():
    return Project([small_classifier()])


def by_name(distances):
    return {layer.name: layer for layer in distances}


def test_every_number_is_that_of_all_weights_of_the_layer_together():
    one, other = project(), project()
    old, new = arrays_of(one, 0), arrays_of(other, 1)
    found = by_name(weight_distances(one, old, other, new))
    assert list(found) == ["conv", "classes"]
    for layer in layers_with_weights(one):
        a = [x for key in layer.wanted for x in old[key].ravel().tolist()]
        b = [x for key in layer.wanted for x in new[key].ravel().tolist()]
        apart = sqrt(sum((y - x) ** 2 for x, y in zip(a, b, strict=True)))
        length, other_length = (sqrt(sum(x * x for x in side)) for side in (a, b))
        got = found[layer.name]
        assert got.kind == "changed"
        assert got.params == len(a)
        assert got.distance == pytest.approx(apart)
        assert got.relative == pytest.approx(apart / length)
        assert got.cosine == pytest.approx(sum(x * y for x, y in zip(a, b, strict=True)) / length / other_length)
        assert got.largest == pytest.approx(max(abs(y - x) for x, y in zip(a, b, strict=True)))


def test_equal_weights_are_the_same_and_scaled_ones_keep_their_direction():
    one = project()
    old = arrays_of(one, 0)
    assert {layer.kind for layer in weight_distances(one, old, one, dict(old))} == {"same"}
    doubled = weight_distances(one, old, one, {key: 2 * value for key, value in old.items()})
    for layer in doubled:
        assert layer.relative == pytest.approx(1)
        assert layer.cosine == pytest.approx(1)


def test_weights_that_were_all_zero_have_no_relative_distance():
    one = project()
    new = arrays_of(one, 0)
    for layer in weight_distances(one, {key: 0 * value for key, value in new.items()}, one, new):
        assert (layer.kind, layer.relative, layer.cosine) == ("changed", None, None)
        assert layer.distance is not None
        assert layer.distance > 0


def test_layers_that_only_one_side_has_or_of_another_shape_say_so():
    one, other = project(), project()
    graph = other.graph("net")
    other.apply(InGraph("net", edits.set_params(graph, NodeId("n4"), {"units": 7}, {})))
    other.apply(InGraph("net", edits.Remove((NodeId("n1"),))))
    other.apply(InGraph("net", edits.Add((), (Wire(NodeId("n0"), NodeId("n2"), target_port="input"),))))
    dense = replace(graph.node(NodeId("n4")), id=NodeId("x"), name="second")
    other.apply(InGraph("net", edits.Add((dense,), (Wire(NodeId("n3"), dense.id, target_port="input"),))))
    found = by_name(weight_distances(one, arrays_of(one, 0), other, arrays_of(other, 0)))
    assert {name: layer.kind for name, layer in found.items()} == {
        "classes": "reshaped",
        "second": "added",
        "conv": "removed",
    }


def test_layers_are_matched_by_path_and_then_by_name():
    one, copy = project(), copy_graph(small_classifier())
    renamed = {node.id: replace(node, id=NodeId(f"other_{node.id}")) for node in copy}
    other = Project([type(copy)("net")])
    graph = other.graph("net")
    for node in renamed.values():
        graph.add_node(node)
    for wire in copy.wires:
        graph.connect(replace(wire, source=renamed[wire.source].id, target=renamed[wire.target].id))
    old = arrays_of(one, 0)
    new = {f"other_{key}": value for key, value in old.items()}
    found = weight_distances(one, old, other, new)
    assert [(layer.name, layer.kind) for layer in found] == [("conv", "same"), ("classes", "same")]
    assert found[0].path == "other_n1"


def test_the_optimiser_s_state_is_no_weight():
    one = project()
    old = arrays_of(one, 0)
    state = {slot_key(key, "momentum"): value for key, value in old.items()}
    assert weight_distances(one, old | state, one, old) == weight_distances(one, old, one, old)
