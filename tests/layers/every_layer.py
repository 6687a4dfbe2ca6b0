"""Rows for the layers that came after the first: at least one that fits for each type, and what each is known for."""

from __future__ import annotations

from typing import Any

from tests.layers.cases import FIRST, K3, MIXED, Case, on
from workbench.layers import Shape

LINE, VOLUME = on((12, 6)), on((8, 6, 7, 4))
OF_RANK = {1: LINE, 2: on((12, 10, 6)), 3: VOLUME}
FIRST_OF_RANK = {1: on((6, 12)), 2: on((6, 12, 10)), 3: on((4, 8, 6, 7))}


def _each(ranks: tuple[int, ...], label: str, *params: dict[str, Any]) -> list[Case]:
    """Every parameter set on an input that fits, then the first on channels first, mixed, unknown and wrong ranks."""
    rows = []
    for rank in ranks:
        name = label.format(rank)
        rows += [Case(name, given, OF_RANK[rank]) for given in params]
        rows.append(Case(name, {**params[0], **MIXED}, OF_RANK[rank]))
        rows.append(Case(name, params[0], on((*(None,) * rank, 6))))
        rows.append(Case(name, params[0], on((5,) * rank)))
    return rows


def _first(ranks: tuple[int, ...], label: str, params: dict[str, Any]) -> list[Case]:
    return [Case(label.format(rank), {**params, **FIRST}, FIRST_OF_RANK[rank]) for rank in ranks]


DEPTHWISE = {"kernel_size": 3}
CONVOLUTIONS = [
    *_each((1, 3), "Conv{}D", K3, {**K3, "padding": "same", "strides": 2}, {**K3, "dilation_rate": 2}),
    Case("Conv1D", {**K3, "padding": "causal", "dilation_rate": 2}, LINE),
    Case("Conv3D", {**K3, "groups": 2, "kernel_size": [1, 2, 3]}, VOLUME),
    *_each((1, 3), "Conv{}DTranspose", K3, {**K3, "strides": 2, "padding": "same"}, {**K3, "strides": 2}),
    Case("Conv3DTranspose", {**K3, "strides": 2, "output_padding": 1}, VOLUME),
    *_each(
        (1, 2),
        "DepthwiseConv{}D",
        DEPTHWISE,
        {**DEPTHWISE, "depth_multiplier": 2, "padding": "same", "strides": 2},
        {**DEPTHWISE, "use_bias": False, "dilation_rate": 2},
        {"kernel_size": 13},
    ),
    *_each(
        (1, 2),
        "SeparableConv{}D",
        K3,
        {**K3, "depth_multiplier": 3, "strides": 2},
        {**K3, "use_bias": False, "padding": "same"},
    ),
    *_first((1, 3), "Conv{}D", K3),
    *_first((1, 2), "DepthwiseConv{}D", DEPTHWISE),
    *_first((1, 2), "SeparableConv{}D", K3),
]
POOLING = [
    *_each((1, 3), "MaxPooling{}D", {}, {"pool_size": 3, "strides": 1, "padding": "same"}, {"pool_size": 14}),
    *_each((1, 3), "AveragePooling{}D", {"pool_size": 2}, {"pool_size": 3, "padding": "same"}),
    *_each((1, 3), "GlobalAveragePooling{}D", {}, {"keepdims": True}),
    *_each((1, 2, 3), "GlobalMaxPooling{}D", {}, {"keepdims": True}),
    *_each((1, 2, 3), "AdaptiveAveragePooling{}D", {"output_size": 2}, {"output_size": 1}, {"output_size": 5}),
    *(
        Case(f"AdaptiveMaxPooling{rank}D", {"output_size": size}, OF_RANK[rank])
        for rank in (1, 2, 3)
        for size in (2, 3, [4] * rank)
    ),
]
NORMALISATION = [
    Case("BatchNormalization", {"renorm": True}),
    Case("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 3, "rmin": 0.3, "dmax": 5}}),
    Case("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 0.1, "rmin": 0.3}}),
    Case("LayerNormalization", {}),
    Case("LayerNormalization", {"axis": [1, 2, 3]}),
    Case("LayerNormalization", {"axis": [-1, 1]}),
    Case("LayerNormalization", {"center": False, "scale": False, "axis": 1}, on((None, 3))),
    Case("LayerNormalization", {"axis": 1}, on((None, 3))),
    Case("LayerNormalization", {"axis": 4}),
    Case("LayerNormalization", MIXED),
    Case("GroupNormalization", {"groups": 3}),
    Case("GroupNormalization", {"groups": -1, "center": False}),
    Case("GroupNormalization", {"groups": 4}),
    Case("GroupNormalization", {"groups": 8}),
    Case("GroupNormalization", {"groups": 2, "axis": 1}),
    Case("GroupNormalization", {"groups": 2}, on((4, None))),
    Case("RMSNormalization", {}),
    Case("RMSNormalization", {"axis": [2, 1]}),
    Case("RMSNormalization", {}, on((4, None))),
    Case("UnitNormalization", {}),
    Case("UnitNormalization", {"axis": [1, 2]}),
    Case("UnitNormalization", {"axis": 5}),
    Case("Rescaling", {"scale": 1 / 255}),
    Case("Rescaling", {"scale": [1, 2, 3, 4, 5, 6], "offset": -1}),
    Case("Rescaling", {"scale": 2}, on((8, 8, 3), dtype="uint8")),
    Case("Normalization", {}),
    Case("Normalization", {"axis": None}),
    Case("Normalization", {"axis": [1, 3]}, on((4, None, 3))),
    Case("Normalization", {"mean": 0.5, "variance": 0.25}),
    Case("Normalization", {"mean": [1, 2, 3, 4, 5, 6], "variance": [1, 1, 1, 1, 1, 1]}),
    Case("Normalization", {"mean": [1, 2], "variance": [1, 1]}),
    Case("Normalization", {"mean": 0.5}),
    Case("Normalization", {"axis": 0}),
    Case("Normalization", MIXED),
]
ACTIVATIONS = [
    Case("LeakyReLU", {}),
    Case("LeakyReLU", {"negative_slope": 0.1, **MIXED}),
    Case("PReLU", {}),
    Case("PReLU", {"shared_axes": [1, 2]}, on((None, None, 6))),
    Case("PReLU", {"shared_axes": 1}),
    Case("PReLU", {}, on((None, 6))),
    Case("PReLU", {"shared_axes": [5]}),
    Case("ELU", {}),
    Case("ELU", {"alpha": 0.5}),
]
SAME_AGAIN = on((8, 8, 3), (8, 8, 3))
MERGING = [
    *(Case(label, {}, SAME_AGAIN) for label in ("Subtract", "Multiply", "Average", "Maximum", "Minimum")),
    *(Case(label, {}, on((8, 8, 3), (1, 1, 3))) for label in ("Subtract", "Multiply", "Average", "Maximum")),
    *(Case(label, {}, on((8, 8, 3), (8, 7, 3))) for label in ("Subtract", "Multiply", "Average", "Minimum")),
    Case("Subtract", {}, on((3,), (3,), (3,))),
    Case("Multiply", {}, on((8, 8, 3), (3,))),
    Case("Dot", {"axes": 1}, on((5,), (5,))),
    Case("Dot", {"axes": -1}, on((4, 5), (3, 5))),
    Case("Dot", {"axes": [2, 1], "normalize": True}, on((4, 5), (5, 3))),
    Case("Dot", {"axes": [1, 1]}, on((4, 5, 2), (4, 3))),
    Case("Dot", {"axes": 1}, on((4, 5), (3, 5))),
    Case("Dot", {"axes": 0}, on((5,), (5,))),
    Case("LayerNormalization", {"axis": [-3, 1]}, on((4, 5, 6))),
    Case("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "sliding_window": 1}, on((3, 4, 5), (3, 4, 5))),
    Case("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "sliding_window": 1}, on((4, 5), (4, 5))),
    Case("Dot", {"axes": -3}, on((5,), (5,))),
    Case("Dot", {"axes": -4}, on((4, 5), (4, 5))),
    Case("Dot", {"axes": 3}, on((5,), (5,))),
    Case("Dot", {"axes": 1}, on((5,), (5,), (5,))),
]
SHAPES = [
    Case("Reshape", {"target_shape": [-1]}),
    Case("Reshape", {"target_shape": [60, 12]}),
    Case("Reshape", {"target_shape": [5, -1, 2]}),
    Case("Reshape", {"target_shape": [7, -1]}),
    Case("Reshape", {"target_shape": [7, 7]}),
    Case("Reshape", {"target_shape": [-1, 3]}, on((None, 3))),
    Case("Reshape", {"target_shape": [None, 3]}, on((None, 3))),
    Case("Reshape", {"target_shape": [None, 2]}, on((6,))),
    Case("Reshape", {"target_shape": [None, 4]}, on((6,))),
    Case("Reshape", {"target_shape": [None, 2]}, on((1, 1, 1))),
    Case("Reshape", {"target_shape": [None, 2]}, on(())),
    Case("Reshape", {"target_shape": []}, on((1,))),
    Case("Reshape", {"target_shape": [2, 2]}, on((4,), dtype="uint8")),
    Case("Permute", {"dims": [3, 1, 2]}),
    Case("Permute", {"dims": [2, 1]}, on((None, 3))),
    Case("Permute", {"dims": [2, 1]}),
    Case("RepeatVector", {"n": 3}, on((6,))),
    Case("RepeatVector", {"n": 3}, on((None,))),
    Case("RepeatVector", {"n": 3}),
    Case("Identity", {}),
    Case("Identity", {}, on((3,), dtype="int32")),
    *_each((1,), "ZeroPadding{}D", {}, {"padding": [2, 0]}, {"padding": 0}),
    *_each((2,), "ZeroPadding{}D", {}, {"padding": [1, 2]}, {"padding": [[1, 0], 2]}, {"padding": 3}),
    *_each((3,), "ZeroPadding{}D", {}, {"padding": 2}, {"padding": [1, [0, 2], 3]}),
    *_each((1,), "Cropping{}D", {}, {"cropping": 2}, {"cropping": [0, 11]}, {"cropping": 6}),
    *_each((2,), "Cropping{}D", {}, {"cropping": 2}, {"cropping": [[1, 0], [4, 5]]}, {"cropping": [[1, 0], [5, 5]]}),
    *_each((3,), "Cropping{}D", {}, {"cropping": [1, [0, 2], 3]}, {"cropping": 3}),
    *_each((1, 2, 3), "UpSampling{}D", {}, {"size": 3}),
    Case("UpSampling2D", {"size": [1, 3], "interpolation": "bilinear"}),
    *_first((2, 3), "ZeroPadding{}D", {}),
    *_first((2,), "Cropping{}D", {}),
    *_first((2, 3), "UpSampling{}D", {}),
]
RESIZED = {"height": 7, "width": 5}
IMAGES = on((16, 12, 3))


def _image_layers() -> list[Case]:
    required: dict[str, dict[str, Any]] = {
        **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), RESIZED),
        "RandomTranslation": {"height_factor": 0.1, "width_factor": [-0.1, 0.2]},
        "RandomZoom": {"height_factor": 0.1},
        "RandomPosterization": {"factor": 4},
        **{
            f"Random{name}": {"factor": 0.2}
            for name in (
                "Brightness",
                "ColorDegeneration",
                "Contrast",
                "Hue",
                "Rotation",
                "Saturation",
                "Sharpness",
            )
        },
    }
    plain = (
        *("AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "MixUp"),
        *("RandAugment", "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomFlip"),
        *("RandomGaussianBlur", "RandomGrayscale", "RandomInvert", "RandomPerspective", "RandomShear", "Solarization"),
    )
    return [
        *(Case(label, params, IMAGES) for label, params in required.items()),
        *(Case(label, {}, IMAGES) for label in plain),
        *(
            Case(label, params, on((16, 12, channels)))
            for label, params in (
                *((f"Random{name}", {"factor": 0.2}) for name in ("Saturation", "Hue", "ColorDegeneration")),
                *(("RandomColorJitter", {name: 0.2}) for name in ("saturation_factor", "hue_factor")),
                *((label, {}) for label in ("RandomColorJitter", "RandomGrayscale")),
            )
            for channels in (1, 4)
        ),
        Case("Resizing", {**RESIZED, **FIRST}, on((3, 16, 12))),
        Case("Resizing", RESIZED, on((None, None, 3))),
        Case("Resizing", RESIZED, on((16, 12, 3), dtype="uint8")),
        Case("Resizing", {**RESIZED, "pad_to_aspect_ratio": True}, on((16, 12, 3), dtype="uint8")),
        Case("Resizing", {**RESIZED, "pad_to_aspect_ratio": True}, on((None, None, 3), dtype="int32")),
        Case("CenterCrop", {"height": 20, "width": 20}, IMAGES),
        Case("CenterCrop", {**RESIZED, **FIRST}, on((3, 16, 12))),
    ]


REGULARISATION = [
    *_each((1, 2, 3), "SpatialDropout{}D", {"rate": 0.5}, {"rate": 0}),
    Case("AlphaDropout", {"rate": 0.5}),
    Case("GaussianDropout", {"rate": 0.5}),
    Case("GaussianNoise", {"stddev": 0.5}),
    Case("ActivityRegularization", {"l1": 0.1, "l2": 0.1}),
]


def _pair(query: Shape, value: Shape, *key: Shape) -> Any:
    return on(query, value, *key)


HEADS = {"num_heads": 2, "key_dim": 3}
GROUPED = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
ATTENTION = [
    Case("MultiHeadAttention", HEADS, _pair((5, 8), (4, 8))),
    Case("MultiHeadAttention", {**HEADS, "value_dim": 5, "use_bias": False}, _pair((5, 8), (4, 6), (4, 7))),
    Case("MultiHeadAttention", {**HEADS, "output_shape": 10, "use_gate": True}, _pair((5, 8), (4, 6))),
    Case("MultiHeadAttention", {**HEADS, "output_shape": [2, 5]}, _pair((5, 8), (4, 6))),
    Case("MultiHeadAttention", {**HEADS, "attention_axes": [2]}, _pair((3, 5, 8), (3, 4, 6))),
    Case("MultiHeadAttention", HEADS, _pair((3, 5, 8), (3, 4, 6))),
    Case("MultiHeadAttention", HEADS, _pair((None, 8), (None, 8))),
    Case("MultiHeadAttention", HEADS, _pair((5, 8), (4, 6), (3, 6))),
    Case("MultiHeadAttention", HEADS, _pair((5, None), (4, 6))),
    Case("MultiHeadAttention", {**HEADS, **MIXED}, _pair((5, 8), (4, 8))),
    Case("MultiHeadAttention", {**HEADS, "dropout": 0.5, "flash_attention": True}, _pair((5, 8), (4, 8))),
    Case("GroupQueryAttention", GROUPED, _pair((5, 8), (4, 8))),
    Case("GroupQueryAttention", {**GROUPED, "use_gate": True, "use_bias": False}, _pair((5, 8), (4, 8), (4, 6))),
    Case("GroupQueryAttention", {**GROUPED, "num_key_value_heads": 3}, _pair((5, 8), (4, 8))),
    Case("GroupQueryAttention", GROUPED, _pair((5, 8), (4, 6))),
    Case("Attention", {}, _pair((5, 8), (4, 8))),
    Case("Attention", {"use_scale": True, "score_mode": "concat"}, _pair((5, 8), (4, 6), (4, 8))),
    Case("Attention", {}, _pair((5, 8), (4, 6))),
    Case("Attention", MIXED, _pair((5, 8), (4, 8))),
    Case("AdditiveAttention", {}, _pair((5, 8), (4, 8))),
    Case("AdditiveAttention", {"use_scale": False}, _pair((5, 8), (4, 6), (4, 8))),
    Case("AdditiveAttention", {}, _pair((5, None), (4, None))),
]
EINSUM = [
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "c"}, on((6,))),
    Case("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 5], "bias_axes": "d"}, on((4, 6))),
    Case("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [4, 5], "bias_axes": "bd"}, on((4, 6))),
    Case("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 5}, on((4, 3, 6))),
    Case("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "de"}, on((4, 6))),
    Case("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 5, "bias_axes": "c"}, on((6, 3, 2))),
    Case("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [9, 5]}, on((4, 6))),
    Case("EinsumDense", {"equation": "ab,bc->ad", "output_shape": 5}, on((6,))),
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "z"}, on((6,))),
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5}, on((None,))),
]

EVERY_LAYER = [
    *CONVOLUTIONS,
    *POOLING,
    *NORMALISATION,
    *ACTIVATIONS,
    *MERGING,
    *SHAPES,
    *_image_layers(),
    *REGULARISATION,
    *ATTENTION,
    *EINSUM,
]
