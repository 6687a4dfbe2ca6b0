"""Small projects for the tests."""

from __future__ import annotations

from tests.analysis.networks import Network
from workbench.graph import Graph, Node, NodeId
from workbench.project import DatasetSettings, Project, TrainingSettings


def small_graph() -> Graph:
    """An Input, a convolution, and a node of a type that is not there but whose output was recorded."""
    network = Network((8, 8, 3))
    network.on("Conv", "conv", filters=4, kernel_size=[3, 3], padding="same")
    network.graph.add_node(
        Node(
            NodeId("gone"),
            "plugin:gone/Thing",
            "gone",
            {"text": "größer", "nested": {"list": [1, 2.5, None, True]}},
            trainable=False,
            position=(12.5, -3.0),
            call_args={"mask": None},
            inputs=("input",),
            outputs=("output",),
            specs=(("output", (None, 4, 2), "float32"),),
        )
    )
    network.wire("conv", "gone")
    network.on("GlobalAveragePooling2D", "mean", "gone")
    network.on("Dense", "classes", units=10)
    return network.graph


def small_project() -> Project:
    dataset = DatasetSettings(validation_share=0.25)
    return Project([small_graph()], dataset, TrainingSettings(epochs=3), "small")
