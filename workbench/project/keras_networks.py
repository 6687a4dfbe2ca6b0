"""The networks of `keras.applications`, by family: names alone, so that a window can offer them without Keras."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ConvNeXt": ("ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge"),
        "DenseNet": ("DenseNet121", "DenseNet169", "DenseNet201"),
        "EfficientNet": tuple(f"EfficientNetB{number}" for number in range(8)),
        "EfficientNetV2": tuple(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
        "Inception": ("InceptionV3", "InceptionResNetV2"),
        "MobileNet": ("MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large"),
        "NASNet": ("NASNetMobile", "NASNetLarge"),
        "ResNet": ("ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2"),
        "VGG": ("VGG16", "VGG19"),
        "Xception": ("Xception",),
    }
)
"""Smallest first. A test compares them with Keras's own."""
NETWORKS: tuple[str, ...] = tuple(name for names in FAMILIES.values() for name in names)
