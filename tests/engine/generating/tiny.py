"""A GAN that trains in seconds on the bundled digits, with and without classes."""

import threading

from workbench.engine import run_job
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import AdversarialSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.file import dumps
from workbench.protocol import Finished, Train

K = "keras.layers."
LATENT = 6


def tiny_gan(conditional=False, epochs=2, **settings):
    """Dense layers on 8x8 grey images; ids equal names."""
    return Project(
        [_generator(conditional), _discriminator(conditional)],
        DatasetSettings(spec="digits", value_range="-1..1", validation_share=0.3),
        TrainingSettings(**{"epochs": epochs, "batch_size": 8, "keep_epochs": "every"} | settings),
        title="tiny",
        adversarial=AdversarialSettings(
            conditional=conditional, sample_count=20, generator_rate=0.002, discriminator_rate=0.001
        ),
    )


def train_tiny(runs, conditional=False, epochs=2, **settings):
    """The folder of a finished run."""
    text = dumps(tiny_gan(conditional, epochs, **settings)).decode()
    done = run_job(Train(project=text, runs=str(runs), name="tiny"), lambda event: None, threading.Event())
    assert isinstance(done, Finished), done
    return done.run


def _generator(conditional):
    graph, last = _begun("generator", "latent", [LATENT], conditional)
    for node in (
        Node(NodeId("wide"), K + "Dense", "wide", {"units": 32, "activation": "relu"}),
        Node(NodeId("pixels"), K + "Dense", "pixels", {"units": 64, "activation": "tanh"}),
        Node(NodeId("image"), K + "Reshape", "image", {"target_shape": [8, 8, 1]}),
    ):
        last = _after(graph, last, node)
    return graph


def _discriminator(conditional):
    graph = Graph("discriminator")
    graph.add_node(Node(NodeId("picture"), "input", "picture", {"shape": [8, 8, 1]}))
    last = _after(graph, NodeId("picture"), Node(NodeId("flat"), K + "Flatten", "flat"))
    last = _labelled(graph, last) if conditional else last
    last = _after(graph, last, Node(NodeId("seen"), K + "Dense", "seen", {"units": 32, "activation": "leaky_relu"}))
    _after(graph, last, Node(NodeId("logit"), K + "Dense", "logit", {"units": 1}))
    return graph


def _begun(name, given, shape, conditional):
    graph = Graph(name)
    graph.add_node(Node(NodeId(given), "input", given, {"shape": shape}))
    return graph, _labelled(graph, NodeId(given)) if conditional else NodeId(given)


def _labelled(graph, last):
    graph.add_node(Node(NodeId("label"), "input", "label", {"shape": [10]}))
    graph.add_node(Node(NodeId("both"), K + "Concatenate", "both"))
    graph.connect(Wire(last, NodeId("both"), target_port="inputs"))
    graph.connect(Wire(NodeId("label"), NodeId("both"), target_port="inputs"))
    return NodeId("both")


def _after(graph, last, node):
    graph.add_node(node)
    graph.connect(Wire(last, node.id, target_port="input"))
    return node.id
