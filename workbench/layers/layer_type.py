"""What the catalogue says of a layer: its parameters and its rules, all of it data and pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from workbench.graph import Graph
from workbench.layers.params import Param
from workbench.layers.spec import Shape, TensorSpec, WeightSpec


class Category(StrEnum):
    """Palette group; each has a colour and a symbol of its own on the canvas."""

    INPUT_OUTPUT = "input/output"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    CORE = "core"
    NORMALISATION = "normalisation"
    ACTIVATION = "activation"
    MERGE = "merge"
    SHAPE = "shape"
    REGULARISATION = "regularisation"
    ATTENTION = "attention"
    AUGMENTATION = "augmentation"
    BLOCK = "block"
    OPAQUE = "opaque"


class Integers(StrEnum):
    """What a layer makes of input that is not floating-point, such as images of uint8."""

    KEPT = "kept"
    NUMBERS_KEPT = "numbers kept, bool refused"
    MADE_FLOAT = "made float"
    REFUSED = "refused"


class ShapeError(Exception):
    """A layer cannot take what came in. Analysis turns it into a diagnostic; no user sees the exception."""

    def __init__(self, code: str, message: str, *, param: str | None = None, port: str | None = None, hint: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.port = port
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Port:
    """Where wires end or start. A variadic port takes `minimum` wires or more, in order; `minimum` 0 is optional."""

    name: str
    variadic: bool = False
    minimum: int = 1


Distance = int | Fraction
"""In input positions; a fraction where sizes are not multiples of one another (resizing, adaptive pooling)."""


class Window(NamedTuple):
    """How each output position of a spatial axis looks at its input: one entry an axis.

    `before` is the padding before the first position, negative where the start is skipped. A transposed window has
    its stride on the output side. What random layers move in training is left out: windows tell of inference.
    """

    size: tuple[int, ...]
    """Positions that it spans, those that dilation leaves out included."""
    stride: tuple[Distance, ...]
    before: tuple[Distance, ...]
    transposed: bool = False
    dilation: tuple[int, ...] = ()
    """Positions from one tap to the next; empty: 1 on every axis."""


WHOLE_INPUT = "whole input"
"""Instead of a window: every output position sees every input position."""


# Networks repeat themselves: the same few specs are asked for again and again.
_tensor_spec = lru_cache(maxsize=16384)(TensorSpec)
_weight_spec = lru_cache(maxsize=16384)(WeightSpec)


@dataclass(frozen=True, slots=True)
class Call:
    """A layer applied: its full parameters, what its input ports got, the dtypes of what it gives and its weights."""

    params: Mapping[str, Any]
    inputs: Mapping[str, tuple[TensorSpec, ...]]
    dtype: str = "float32"
    variable_dtype: str = "float32"

    @property
    def input(self) -> TensorSpec:
        """The one tensor of a layer with one input."""
        return next(iter(self.inputs.values()))[0]

    @property
    def all(self) -> tuple[TensorSpec, ...]:
        """Every input tensor in port order."""
        return tuple(spec for specs in self.inputs.values() for spec in specs)

    def __getitem__(self, param: str) -> Any:
        return self.params[param]

    def output(self, shape: Shape) -> TensorSpec:
        """What comes out, in the dtype in which it does."""
        return _tensor_spec(shape, self.dtype)

    def weight(self, name: str, shape: tuple[int, ...], trainable: bool = True) -> WeightSpec:
        """A weight in the dtype that this layer keeps weights in."""
        return _weight_spec(name, shape, trainable, self.variable_dtype)


ShapeRule = Callable[[Call], TensorSpec]
WeightRule = Callable[[Call], tuple[WeightSpec, ...]]
CostRule = Callable[[Call, TensorSpec], int | None]
WindowRule = Callable[[Call], Window | str | None]


def _no_weights(_: Call) -> tuple[WeightSpec, ...]:
    return ()


def _no_macs(_: Call, __: TensorSpec) -> int:
    return 0


def _pointwise(_: Call) -> Window | str | None:
    return None


def _no_shorthand(_: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class NodeType:
    """What the palette, the inspector, the file and validation need to know of anything that can be drawn."""

    key: str
    label: str
    category: Category
    doc: str
    params: tuple[Param, ...] = ()
    inputs: tuple[Port, ...] = (Port("input"),)
    outputs: tuple[Port, ...] = (Port("output"),)
    shorthand: Callable[[Mapping[str, Any]], str] = _no_shorthand
    integers: Integers = Integers.REFUSED
    stem: str = ""
    """What new nodes are called, before their number; names follow Keras's own habit."""
    search_words: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Param]:
        """Parameters by name."""
        return MappingProxyType({param.name: param for param in self.params})

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """Value of every parameter that has a default."""
        return MappingProxyType({p.name: p.default for p in self.params if not p.required})

    def full_params(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Defaults overlaid with the given values."""
        return {**self.defaults, **given}

    def initial_params(self) -> dict[str, Any]:
        """What a new node starts with: a suggested value where Keras demands one."""
        return {p.name: p.suggested for p in self.params if p.required or p.suggested is not None}

    def summary(self, params: Mapping[str, Any]) -> str:
        """The shorthand for full parameters, as drawings show it; "" where the rule fails: it is only decoration."""
        try:
            return str(self.shorthand(params))
        except Exception:
            return ""

    def param_problems(self, given: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(parameter, message) for each given value that is unknown, missing or not allowed."""
        problems = [
            (name, f"{self.label} has no parameter {name!r}. Expected: {', '.join(self.by_name)}")
            for name in given
            if name not in self.by_name
        ]
        for param in self.params:
            if param.name in given:
                message = param.problem(given[param.name])
            elif param.required:
                message = f"Expected {param.kind.expected}. Received: no value for {param.name}"
            else:
                message = None
            if message:
                problems.append((param.name, message))
        return problems


@dataclass(frozen=True, kw_only=True)
class LayerType(NodeType):
    """A primitive: one Keras layer.

    `shape` gives the output for one call or raises ShapeError; `weights`, `macs` and `window` are asked only
    after `shape` succeeded. `macs` is per sample, None when a size is not known. `takes_list`: Keras calls the layer
    on one list of what its ports got, in port order.
    """

    shape: ShapeRule
    weights: WeightRule = _no_weights
    macs: CostRule = _no_macs
    window: WindowRule = _pointwise
    takes_list: bool = False


@dataclass(frozen=True, kw_only=True)
class BlockType(NodeType):
    """A composite: `expand` gives a graph of primitives and blocks for one call, or raises ShapeError.

    In that graph, nodes of the types BLOCK_INPUT and BLOCK_OUTPUT stand for the ports with their names. A block has
    no rules of its own: analysis, compilation, code and costs see what it expands into.
    """

    expand: Callable[[Call], Graph]
    category: Category = Category.BLOCK
    integers: Integers = Integers.KEPT


BLOCK_INPUT = "block_input"
BLOCK_OUTPUT = "block_output"
REPEAT = "repeat"
"""The parameter of a block that chains copies of it, each with weights of its own."""
