"""One row a case: a layer, its parameters, what comes in. The expected outcome is real Keras's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.layers import Shape, TensorSpec


@dataclass(frozen=True)
class Case:
    label: str
    params: dict[str, Any]
    inputs: tuple[TensorSpec, ...] = field(default=(TensorSpec((12, 10, 6)),))

    def __str__(self) -> str:
        params = ",".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.label}({params}) on {' '.join(map(str, self.inputs))}"


def on(*shapes: Shape, dtype: str = "float32") -> tuple[TensorSpec, ...]:
    return tuple(TensorSpec(shape, dtype) for shape in shapes)


FIRST = {"data_format": "channels_first"}
MIXED = {"dtype": "mixed_float16"}
RELU6 = {"module": "keras.layers", "class_name": "ReLU", "config": {"max_value": 6.0}, "registered_name": None}
K3 = {"filters": 4, "kernel_size": 3}

CASES = [
    Case("input", {"shape": [32, 32, 3]}, ()),
    Case("input", {"shape": [None, None, 1], "dtype": "uint8"}, ()),
    Case("input", {"shape": []}, ()),
    Case("Conv2D", K3),
    Case("Conv2D", {**K3, "padding": "same"}),
    Case("Conv2D", {**K3, "kernel_size": [5, 2], "strides": [2, 3]}),
    Case("Conv2D", {**K3, "strides": 2, "padding": "same"}),
    Case("Conv2D", {**K3, "dilation_rate": [2, 3]}),
    Case("Conv2D", {**K3, "dilation_rate": 2, "padding": "same"}),
    Case("Conv2D", {**K3, "groups": 2, "use_bias": False}),
    Case("Conv2D", {"filters": 12, "kernel_size": 1, "groups": 6}),
    Case("Conv2D", {**K3, **MIXED}),
    Case("Conv2D", {**K3, "dtype": "float16"}),
    Case("Conv2D", K3, on((None, None, 3))),
    Case("Conv2D", {**K3, **FIRST}, on((6, 12, None))),
    Case("Conv2D", {**K3, "kernel_size": 12}, on((12, 12, 1))),
    Case("Conv2D", {**K3, "kernel_size": 13}),
    Case("Conv2D", {**K3, "strides": 2, "dilation_rate": 2}),
    Case("Conv2D", {**K3, "groups": 4}),
    Case("Conv2D", {**K3, "groups": 3}),
    Case("Conv2D", K3, on((None, None, None))),
    Case("Conv2D", K3, on((12, 6))),
    Case("Conv2D", K3, on((4, 12, 12, 6))),
    Case("Conv2D", K3, on((12, 12, 6), dtype="uint8")),
    Case("Conv2D", K3, on((12, 12, 6), dtype="float64")),
    Case("Conv2D", K3, on((12, 12, 6), dtype="bool")),
    Case("Conv2DTranspose", K3),
    Case("Conv2DTranspose", K3, on((12, 12, 6), dtype="int32")),
    Case("Conv2DTranspose", {**K3, "strides": 2}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "padding": "same"}),
    Case("Conv2DTranspose", {**K3, "kernel_size": [2, 5], "strides": [3, 2], "padding": "same"}),
    Case("Conv2DTranspose", {**K3, "strides": 3, "output_padding": [0, 2]}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "padding": "same", "output_padding": 1}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "kernel_size": 4, "padding": "same", "output_padding": 0}),
    Case("Conv2DTranspose", {**K3, "kernel_size": [2, 3], "padding": "same", "output_padding": 0}),
    Case("Conv2DTranspose", {**K3, "dilation_rate": 2, "use_bias": False}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "output_padding": 2}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "dilation_rate": 2}),
    Case("Conv2DTranspose", {**K3, "strides": 2, "padding": "same"}, on((None, 7, 3))),
    Case("Conv2DTranspose", {**K3, **FIRST, "strides": 2}, on((6, 12, None))),
    Case("Conv2DTranspose", {**K3, **MIXED}),
    *(
        case
        for pooling in ("MaxPooling2D", "AveragePooling2D")
        for case in (
            Case(pooling, {"pool_size": 2}),
            Case(pooling, {"pool_size": [3, 2], "strides": [2, 1]}),
            Case(pooling, {"pool_size": 3, "strides": 2, "padding": "same"}),
            Case(pooling, {"pool_size": 3, "padding": "same"}, on((None, 11, 6))),
            Case(pooling, {"pool_size": 3, **FIRST}, on((6, 12, 10))),
            Case(pooling, {"pool_size": 2, **MIXED}),
            Case(pooling, {"pool_size": 13}),
            Case(pooling, {"pool_size": 2}, on((12, 6))),
            Case(pooling, {"pool_size": 2}, on((12, 12, None))),
        )
    ),
    Case("MaxPooling2D", {}),
    Case("MaxPooling2D", {}, on((8, 8, 3), dtype="int32")),
    Case("AveragePooling2D", {"pool_size": 2}, on((8, 8, 3), dtype="uint8")),
    Case("GlobalAveragePooling2D", {}, on((8, 8, 3), dtype="uint8")),
    Case("Dense", {"units": 3}, on((84,), dtype="uint8")),
    Case("Dense", {"units": 3, "dtype": "float16"}, on((84,), dtype="int32")),
    Case("Dense", {"units": 3}, on((84,), dtype="bool")),
    Case("BatchNormalization", {}, on((8, 8, 3), dtype="uint8")),
    Case("Softmax", {}, on((8, 8, 3), dtype="uint8")),
    Case("Add", {}, (TensorSpec((8,), "uint8"), TensorSpec((8,), "float32"))),
    Case("Concatenate", {}, (TensorSpec((8,), "uint8"), TensorSpec((8,), "float32"))),
    Case("GlobalAveragePooling2D", {}),
    Case("GlobalAveragePooling2D", {"keepdims": True}),
    Case("GlobalAveragePooling2D", {"keepdims": True, **FIRST}, on((6, 12, 10))),
    Case("GlobalAveragePooling2D", {}, on((None, None, 5))),
    Case("GlobalAveragePooling2D", {}, on((12,))),
    Case("Flatten", {}),
    Case("Flatten", {}, on((None, 3))),
    Case("Flatten", {}, on(())),
    Case("Flatten", FIRST, on((6, 12, 10))),
    Case("Flatten", {}, on((8, 8, 3), dtype="uint8")),
    Case("Dense", {"units": 10}, on((84,))),
    Case("Dense", {"units": 10, "use_bias": False}, on((4, 84))),
    Case("Dense", {"units": 10}, on((None, 84))),
    Case("Dense", {"units": 10}, on((4, None))),
    Case("Dense", {"units": 10}, on(())),
    Case("Dense", {"units": 10, **MIXED}, on((84,))),
    Case("Dense", {"units": 10, "dtype": "bfloat16"}, on((84,))),
    Case("Dropout", {"rate": 0.5}),
    Case("Dropout", {"rate": 1, "seed": 3, **MIXED}),
    Case("BatchNormalization", {}),
    Case("BatchNormalization", {"center": False}),
    Case("BatchNormalization", {"scale": False, "axis": 1}),
    Case("BatchNormalization", {"axis": 1}, on((6, 12, None))),
    Case("BatchNormalization", {"axis": 4}),
    Case("BatchNormalization", {"axis": 0}),
    Case("BatchNormalization", {}, on((12, None))),
    Case("BatchNormalization", MIXED),
    Case("BatchNormalization", {"dtype": "float16"}),
    Case("Activation", {"activation": "relu"}),
    Case("Activation", {"activation": RELU6}),
    Case("Activation", {"activation": "softmax", **MIXED}),
    Case("ReLU", {}),
    Case("ReLU", {"max_value": 6, "negative_slope": 0.1, "threshold": 1.0}),
    Case("Softmax", {}),
    Case("Softmax", {"axis": [1, 2]}),
    Case("Softmax", {"axis": 4}),
    Case("Softmax", {"axis": [1, -3]}),
    Case("Add", {}, on((8, 8, 3), (8, 8, 3), (8, 8, 3))),
    Case("Add", {}, on((8, 8, 3), (1, 8, 1))),
    Case("Add", {}, on((8, 8, 3), (3,))),
    Case("Add", {}, on((None, 8, 3), (8, 8, 3))),
    Case("Add", {}, on((8, 8, 3), (8, 8, 4))),
    Case("Add", MIXED, on((8,), (8,))),
    Case("Concatenate", {}, on((8, 8, 3), (8, 8, 5))),
    Case("Concatenate", {"axis": 1}, on((8, 8, 3), (2, 8, 3), (1, 8, 3))),
    Case("Concatenate", {}, on((None, 8, 3), (8, None, 5))),
    Case("Concatenate", {}, on((8, 8, None), (8, 8, 5))),
    Case("Concatenate", {}, on((8, 8, 3), (8, 7, 3))),
    Case("Concatenate", {}, on((8, 8, 3), (8, 3))),
    Case("Concatenate", {"axis": 0}, on((8, 3), (8, 3))),
    Case("Concatenate", {"axis": 5}, on((8, 8, 3), (8, 8, 3))),
]
