"""A convolutional autoencoder: through a narrow code and back to the image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers import Param
from workbench.layers.params import Integer
from workbench.project import Project, TrainingSettings
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, image_channels, input_shape, project, scaled
from workbench.templates.template import Paper, Template, TemplateError

RECIPE = TrainingSettings(epochs=20, batch_size=64, loss="mean_squared_error", metrics=("psnr", "ssim"))
_HALVINGS = 2


def _make(values: Mapping[str, Any]) -> Project:
    channels = image_channels("autoencoder", values["input"])
    height, width = _sides(values["input"])
    build = NetworkBuilder()
    x = build.input(values["input"])
    filters = [scaled(32 * 2**level, values) for level in range(_HALVINGS)]
    down = {"kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}
    for level, count in enumerate(filters, 1):
        x = build.layer("Conv2D", f"encoder_{level}", x, filters=count, **down)
    x = build.layer("Flatten", "flatten", x)
    x = build.layer("Dense", "code", x, units=values["code"])
    small = [height >> _HALVINGS, width >> _HALVINGS, filters[-1]]
    x = build.layer("Dense", "expand", x, units=small[0] * small[1] * small[2], activation="relu")
    x = build.layer("Reshape", "to_map", x, target_shape=small)
    up = {**down, "kernel_size": 4}  # a multiple of the stride leaves no checkerboard
    for level, count in reversed(list(enumerate(filters, 1))):
        x = build.layer("Conv2DTranspose", f"decoder_{level}", x, filters=count, **up)
    build.layer("Conv2D", "image", x, filters=channels, kernel_size=3, padding="same", activation="sigmoid")
    return project("autoencoder", build.finish(), training=RECIPE, target="image")


def _sides(shape: list[int | None]) -> list[int]:
    factor = 1 << _HALVINGS
    sides = [side for side in shape[:2] if side and side % factor == 0]
    if len(sides) < 2:
        raise TemplateError(
            f"autoencoder: Expected a height and a width that are multiples of {factor}. Received: input={shape!r}"
        )
    return sides


TEMPLATES = (
    Template(
        name="autoencoder",
        title="Convolutional autoencoder",
        paper=Paper(
            "Stacked convolutional auto-encoders for hierarchical feature extraction",
            "Masci, Meier, Ciresan and Schmidhuber",
            2011,
            "https://doi.org/10.1007/978-3-642-21735-7_7",
        ),
        implementation="https://github.com/keras-team/keras-io/blob/master/examples/vision/autoencoder.py",
        lesson="The target is the image itself: what fits through a code of a few numbers is what the images have in "
        "common. The decoder shows transposed convolutions at work.",
        parameters=(
            input_shape(28, 28, 1),
            Param("code", Integer(1), 32, "Numbers that an image becomes"),
            WIDTH,
        ),
        make=_make,
        guidance="Choose any images as the data, as fashion_mnist: labels are not needed, the target is the image.",
    ),
)
