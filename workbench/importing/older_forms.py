"""Configurations of layers as other versions of Keras write them, brought to the form of Keras 3 before anything reads
them: classes and arguments that have other names by now, arguments that are gone, and values in another notation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workbench.layers import CATALOGUE, NodeType
from workbench.layers.params import Kind

Config = Mapping[str, Any]
ANY: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Form:
    """How a class is written elsewhere. `name`: the class it is by now; `renamed`: its arguments, old to new."""

    name: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    """Arguments that the base classes of Keras 2 write although this layer does not use them."""


_OF_ONE_KERNEL = frozenset({"groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"})
_DEPTHWISE = Form(dropped=_OF_ONE_KERNEL | {"filters"})
_SEPARABLE = Form(dropped=_OF_ONE_KERNEL)
_TRANSPOSED = Form(dropped=frozenset({"groups"}))
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "BatchNormalizationV1": Form("BatchNormalization"),
        "BatchNormalizationV2": Form("BatchNormalization"),
        "SyncBatchNormalization": Form("BatchNormalization"),
        "GroupedQueryAttention": Form("GroupQueryAttention"),
        "ThresholdedReLU": Form("ReLU", {"theta": "threshold"}),
        "LeakyReLU": Form(renamed={"alpha": "negative_slope"}),
        "ELU": Form(renamed={"negative_slope": "alpha"}),
        "SeparableConv1D": _SEPARABLE,
        "SeparableConv2D": _SEPARABLE,
        "DepthwiseConv1D": _DEPTHWISE,
        "DepthwiseConv2D": _DEPTHWISE,
        "Conv1DTranspose": _TRANSPOSED,
        "Conv2DTranspose": _TRANSPOSED,
        "Conv3DTranspose": _TRANSPOSED,
        "MultiHeadAttention": Form(dropped=frozenset({"query_shape", "key_shape", "value_shape"})),
    }
)
DROPPED: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "batch_input_shape": ANY, "batch_shape": ANY, "input_shape": ANY, "input_dim": ANY, "input_length": ANY,
        "input_dtype": ANY, "implementation": ANY, "fused": ANY, "autocast": ANY, "build_config": ANY,
        "rng_type": ANY, "time_major": (False,), "softmax_robust_masking": (False,), "adjustment": (None,),
        "virtual_batch_size": (None,), "quantization_config": (None,), "sparse": (False,), "ragged": (False,),
        "dynamic": (False,), "renorm": (False,), "renorm_clipping": (None,), "renorm_momentum": ANY,
        "lora_rank": ANY, "lora_alpha": ANY, "data_format": ("channels_last",), "shared_object_id": ANY,
    }
)  # fmt: skip
"""What no layer of ours computes with, where it is no parameter of the layer, and the values with which it is gone
without a trace. Weights of LoRA are saved as part of the kernel that they belong to."""
_NAMES: Mapping[str, str] = MappingProxyType({"swish": "silu"})
"""Names of functions, old to new."""
_PARTS = ("initializer", "regularizer", "constraint")


def modern(class_name: str, config: Config) -> tuple[str, dict[str, Any]]:
    """The class and its configuration in Keras 3's form. What is not known stays as it is."""
    form = FORMS.get(class_name, Form())
    name = form.name or class_name
    kind = CATALOGUE.get(f"keras.layers.{name}")
    renamed = {form.renamed.get(key, key): value for key, value in config.items() if key not in form.dropped}
    return name, {
        key: _value(key, value, kind) for key, value in renamed.items() if not _is_gone(key, value, name, kind)
    }


def _is_gone(key: str, value: Any, class_name: str, kind: NodeType | None) -> bool:
    allowed = DROPPED.get(key)
    if allowed is None or (kind is not None and key in kind.by_name):
        return False
    if (kind is None and key in ("input_dim", "data_format")) or class_name == "InputLayer":
        return False
    return allowed is ANY or any(value is each or (value == each and type(value) is type(each)) for each in allowed)


def _value(key: str, value: Any, kind: NodeType | None) -> Any:
    if key.endswith("activation"):
        value = _NAMES.get(value, value) if isinstance(value, str) else value
    if isinstance(value, Mapping) and key.rpartition("_")[2] in _PARTS:
        value = _part(key.rpartition("_")[2], value)
    if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping) and "class_name" in value:
        return _nested(value)
    param = None if kind is None else kind.by_name.get(key)
    return value if param is None else _accepted(param.kind, value)


def _nested(value: Config) -> dict[str, Any]:
    """A layer in a layer, as TimeDistributed holds one; other objects are no classes of the table and stay."""
    name, config = modern(str(value["class_name"]), value["config"])
    return {**value, "class_name": name, "config": config}


def _part(family: str, value: Config) -> Config:
    """An initialiser and the like, whose dtype is that of its weight, and whose class is told by its name alone."""
    config = value.get("config")
    if not isinstance(config, Mapping):
        return value
    elsewhere = str(value.get("module")).startswith(("tensorflow.", "tf_keras."))
    place = {"module": f"keras.{family}s", "registered_name": None} if elsewhere else {}
    return {**value, **place, "config": {key: item for key, item in config.items() if key != "dtype"}}


def _accepted(kind: Kind, value: Any) -> Any:
    """The value in the notation that its parameter accepts, where there is one that says the same."""
    if kind.accepts(value):
        return value
    return next((other for other in _notations(value) if kind.accepts(other)), value)


def _notations(value: Any) -> Iterator[Any]:
    """Others that say the same: one number for a list of one, None for an empty list, truth for 0 and 1."""
    if isinstance(value, list) and len(value) < 2:
        yield value[0] if value else None
    if not isinstance(value, bool) and isinstance(value, int | float):
        if value in (0, 1):
            yield bool(value)
        if float(value).is_integer():
            yield int(value)


OTHER_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "hard_sigmoid": "hard_sigmoid is computed as Keras 3 does, x / 6 + 0.5 within 0 and 1; Keras 2, which wrote "
        "the file, computes 0.2 x + 0.5"
    }
)
"""Functions that Keras 3 computes otherwise than Keras 2 under the same name."""


def other_results(config: Config) -> Iterator[str]:
    """What of a layer of Keras 2 comes out otherwise in Keras 3, in the layers within it, too."""
    for key, value in config.items():
        if key.endswith("activation") and isinstance(value, str) and value in OTHER_RESULTS:
            yield OTHER_RESULTS[value]
        elif key in ("layer", "cell", "backward_layer") and isinstance(value, Mapping):
            yield from other_results(value.get("config") or {})
