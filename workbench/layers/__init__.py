"""The catalogue: layer types by family. A layer is one entry of data and pure rules; see `layer_type.LayerType`."""

from workbench.layers.catalogue import CATALOGUE, Catalogue
from workbench.layers.layer_type import (
    WHOLE_INPUT,
    Call,
    Category,
    Integers,
    LayerType,
    Port,
    ShapeError,
    Window,
)
from workbench.layers.params import REQUIRED, Param, sizes
from workbench.layers.spec import DTYPE_BYTES, FLOATS, Shape, TensorSpec, WeightSpec

__all__ = [
    "CATALOGUE",
    "DTYPE_BYTES",
    "FLOATS",
    "REQUIRED",
    "WHOLE_INPUT",
    "Call",
    "Catalogue",
    "Category",
    "Integers",
    "LayerType",
    "Param",
    "Port",
    "Shape",
    "ShapeError",
    "TensorSpec",
    "WeightSpec",
    "Window",
    "sizes",
]
