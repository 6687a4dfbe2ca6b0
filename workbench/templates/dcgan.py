"""DCGAN: a generator and a discriminator, each a graph of the project."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

from workbench.graph import Graph, NodeId
from workbench.layers import Param
from workbench.layers.params import MAX_SIZE, Boolean, Choice, Integer, Text
from workbench.project import AdversarialSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.adversarial import DISCRIMINATOR, GENERATOR, LABEL
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, scaled
from workbench.templates.template import Paper, Template

_SIZES = ("16", "28", "32", "64", "128", "256")
_RECIPE = TrainingSettings(epochs=25, batch_size=128, keep_epochs="every")
"""The paper's batch; epochs are kept so that one may look back. The rates are in the adversarial settings."""


def _start(values: Mapping[str, Any]) -> int:
    """Height and width of the smallest map."""
    return 7 if values["size"] == "28" else 4


def _stages(values: Mapping[str, Any]) -> int:
    """How often that is doubled to reach the image size."""
    return int(log2(int(values["size"]) // _start(values)))


def _generator(values: Mapping[str, Any]) -> Graph:
    build = NetworkBuilder(GENERATOR)
    latent, stages, given = values["latent"], _stages(values), values["latent"]
    x = build.input([latent], "latent")
    if values["conditional"]:
        x = build.layer("Concatenate", "labelled", x, build.input([values["classes"]], LABEL))
        given += values["classes"]
    x = build.layer("Reshape", "to_map", x, target_shape=[1, 1, given])
    widths = [scaled(64 * 2**level, values) for level in reversed(range(stages))]
    first = {} if _start(values) == 4 else {"kernel_size": _start(values)}
    x = build.block("dcgan.generator-stage", "stage_1", x, filters=widths[0], strides=1, padding="valid", **first)
    for number, filters in enumerate(widths[1:], 2):
        x = build.block("dcgan.generator-stage", f"stage_{number}", x, filters=filters)
    build.layer(
        "Conv2DTranspose",
        "image",
        x,
        filters=values["channels"],
        kernel_size=4,
        strides=2,
        padding="same",
        use_bias=False,
        activation="tanh",
    )
    return build.finish()


def _discriminator(values: Mapping[str, Any]) -> Graph:
    build = NetworkBuilder(DISCRIMINATOR)
    size = int(values["size"])
    x = build.input([size, size, values["channels"]], "image")
    if values["conditional"]:
        x = build.layer("Concatenate", "labelled", x, _label_map(build, values))
    for level in range(_stages(values)):
        filters = scaled(64 * 2**level, values)
        x = build.block("dcgan.discriminator-stage", f"stage_{level + 1}", x, filters=filters, normalise=level > 0)
    x = build.layer("Conv2D", "score", x, filters=1, kernel_size=_start(values), use_bias=False)
    build.layer("Flatten", "logit", x)
    return build.finish()


def _label_map(build: NetworkBuilder, values: Mapping[str, Any]) -> NodeId:
    """The class as one more channel, which learns what to show for it."""
    size = int(values["size"])
    x = build.input([values["classes"]], LABEL)
    x = build.layer("Dense", "label_map", x, units=size * size)
    return build.layer("Reshape", "label_channel", x, target_shape=[size, size, 1])


def _make(values: Mapping[str, Any]) -> Project:
    # The generator ends in tanh; nothing is held out, for there is nothing to measure on it.
    dataset = DatasetSettings(spec=values["data"], value_range="-1..1", validation_share=0.0)
    return Project(
        (_generator(values), _discriminator(values)),
        dataset,
        _RECIPE,
        "dcgan",
        adversarial=AdversarialSettings(conditional=values["conditional"]),
    )


TEMPLATES = (
    Template(
        name="dcgan",
        title="DCGAN",
        paper=Paper(
            "Unsupervised representation learning with deep convolutional generative adversarial networks",
            "Radford, Metz and Chintala",
            2015,
            "https://arxiv.org/abs/1511.06434",
        ),
        implementation="https://github.com/pytorch/examples/tree/main/dcgan",
        lesson="What makes adversarial training of convolutional networks stable: strides instead of pooling, batch "
        "normalisation, no dense layers, ReLU in the generator and leaky ReLU in the discriminator.",
        parameters=(
            Param("size", Choice(_SIZES), "64", "Height and width of the images; 28 is that of MNIST"),
            Param("channels", Integer(1, 4), 3, "1 for grey images, 3 for colour"),
            Param("latent", Integer(1), 100, "Size of the latent vector"),
            Param("conditional", Boolean(), False, "Both networks are given the class (Mirza and Osindero, 2014)"),
            Param("classes", Integer(1, MAX_SIZE), 10, "Number of classes, where the networks are given them"),
            Param("data", Text("a dataset, or nothing", r"(?s).*"), "", "Dataset to train on, as fashion_mnist"),
            WIDTH,
        ),
        make=_make,
    ),
)
