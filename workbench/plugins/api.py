"""The face that a plugin imports. What is here keeps its meaning as long as `API_VERSION` stays.

A plugin's module defines any of LAYERS, BLOCKS, TEMPLATES and PRETRAINED, tuples of what its manifest told of. The keys
of layer and block types are `plugin:<plugin>/<type>`. A file named by `keras_module` defines KERAS_LAYERS, a mapping
from those keys to `keras.layers.Layer` classes whose constructors take the parameters of the type.
"""

from workbench.graph import Graph, Json, NodeId
from workbench.importing.torch_file import TorchFileError, read_torch_tensors
from workbench.layers import (
    CATALOGUE,
    REQUIRED,
    BlockType,
    Call,
    Category,
    Integers,
    LayerType,
    Param,
    Port,
    ShapeError,
    TensorSpec,
    WeightSpec,
    Window,
)
from workbench.layers.params import (
    Boolean,
    Choice,
    Either,
    Integer,
    KerasObject,
    Kind,
    ListOf,
    Number,
    Optional,
    ShapeOf,
    Sizes,
    Text,
)
from workbench.plugins.builders import BlockBuilder
from workbench.plugins.manifest import API_VERSION
from workbench.plugins.pretrained import Arrays, PretrainedError, PretrainedSource
from workbench.project import DatasetSettings, Project, TrainingSettings
from workbench.templates import Paper, Template, TemplateError
from workbench.templates.builder import NetworkBuilder
from workbench.templates.parameters import classes, input_shape

__all__ = [
    "API_VERSION",
    "CATALOGUE",
    "REQUIRED",
    "Arrays",
    "BlockBuilder",
    "BlockType",
    "Boolean",
    "Call",
    "Category",
    "Choice",
    "DatasetSettings",
    "Either",
    "Graph",
    "Integer",
    "Integers",
    "Json",
    "KerasObject",
    "Kind",
    "LayerType",
    "ListOf",
    "NetworkBuilder",
    "NodeId",
    "Number",
    "Optional",
    "Paper",
    "Param",
    "Port",
    "PretrainedError",
    "PretrainedSource",
    "Project",
    "ShapeError",
    "ShapeOf",
    "Sizes",
    "Template",
    "TemplateError",
    "TensorSpec",
    "Text",
    "TorchFileError",
    "TrainingSettings",
    "WeightSpec",
    "Window",
    "classes",
    "input_shape",
    "read_torch_tensors",
]
