"""Small graphs for tests, drawn as a person would: nodes, then wires."""

from itertools import pairwise

from workbench.graph import Graph, Node, NodeId, Wire


def chain(*steps, name="net"):
    """A graph of one line: each step is (type, node name, params) or a ready Node."""
    graph = Graph(name)
    nodes = [
        step if isinstance(step, Node) else Node(NodeId(f"n{index}"), step[0], step[1], step[2])
        for index, step in enumerate(steps)
    ]
    for node in nodes:
        graph.add_node(node)
    for source, target in pairwise(nodes):
        graph.connect(Wire(source.id, target.id, target_port="input"))
    return graph


def small_classifier(size=8, classes=10, last="softmax"):
    """A convolution, a Dense: trains in a blink."""
    return chain(
        ("input", "image", {"shape": [size, size, 1]}),
        ("keras.layers.Conv2D", "conv", {"filters": 4, "kernel_size": 3, "activation": "relu"}),
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dropout", "drop", {"rate": 0.1}),
        ("keras.layers.Dense", "classes", {"units": classes, "activation": last}),
    )
