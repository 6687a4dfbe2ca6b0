"""DnCNN: image to image at the same size, by learning what is to be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers import Param
from workbench.layers.params import Integer
from workbench.project import AugmentationSettings, AugmentationStep, Project, TrainingSettings
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import WIDTH, image_channels, input_shape, project, scaled
from workbench.templates.template import Paper, Template

RECIPE = TrainingSettings(
    epochs=50, batch_size=32, schedule="cosine", loss="mean_squared_error", metrics=("psnr", "ssim")
)
_VARIED = AugmentationSettings((AugmentationStep("mirror_horizontal", {}, 0.5),))


def _make(values: Mapping[str, Any]) -> Project:
    build = NetworkBuilder()
    image = build.input(values["input"])
    filters, same = scaled(64, values), {"kernel_size": 3, "padding": "same"}
    x = build.layer("Conv2D", "conv_1", image, filters=filters, activation="relu", **same)
    for number in range(2, values["depth"]):
        x = build.layer("Conv2D", f"conv_{number}", x, filters=filters, use_bias=False, **same)
        x = build.layer("BatchNormalization", f"bn_{number}", x, momentum=0.9, epsilon=0.0001)
        x = build.layer("Activation", f"relu_{number}", x, activation="relu")
    channels = image_channels("dncnn", values["input"])
    residual = build.layer("Conv2D", "residual", x, filters=channels, use_bias=False, **same)
    build.layer("Subtract", "clean", image, residual)
    return project("dncnn", build.finish(), training=RECIPE, augmentation=_VARIED, target="image")


TEMPLATES = (
    Template(
        name="dncnn",
        title="DnCNN (image restoration)",
        paper=Paper(
            "Beyond a Gaussian denoiser: residual learning of deep CNN for image denoising",
            "Zhang, Zuo, Chen, Meng and Zhang",
            2017,
            "https://arxiv.org/abs/1608.03981",
        ),
        implementation="https://github.com/cszn/DnCNN",
        lesson="From image to image: what is wrong with an image is easier to learn than the image. The network gives "
        "the residual, and a subtraction gives the image.",
        parameters=(
            input_shape(40, 40, 1),
            Param("depth", Integer(3, 100), 17, "Number of convolutions"),
            WIDTH,
        ),
        make=_make,
        guidance="Choose pairs as the data, DEGRADED::CLEAN: two folders with images of the same names.",
    ),
)
