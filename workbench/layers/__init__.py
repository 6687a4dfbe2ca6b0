"""The catalogue: layer types by family. A layer is one entry of data and pure rules; see `layer_type.LayerType`."""

from workbench.layers.catalogue import CATALOGUE
from workbench.layers.layer_type import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    REPEAT,
    WHOLE_INPUT,
    BlockType,
    Call,
    Category,
    Integers,
    LayerType,
    NodeType,
    Port,
    ShapeError,
    Window,
)
from workbench.layers.params import REQUIRED, Param, sizes
from workbench.layers.registry import PLUGGED_IN, Catalogue, Deferred, plugin_of
from workbench.layers.spec import DTYPE_BYTES, FLOATS, Shape, TensorSpec, WeightSpec

__all__ = [
    "BLOCK_INPUT",
    "BLOCK_OUTPUT",
    "CATALOGUE",
    "DTYPE_BYTES",
    "FLOATS",
    "PLUGGED_IN",
    "REPEAT",
    "REQUIRED",
    "WHOLE_INPUT",
    "BlockType",
    "Call",
    "Catalogue",
    "Category",
    "Deferred",
    "Integers",
    "LayerType",
    "NodeType",
    "Param",
    "Port",
    "Shape",
    "ShapeError",
    "TensorSpec",
    "WeightSpec",
    "Window",
    "plugin_of",
    "sizes",
]
