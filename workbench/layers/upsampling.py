"""Layers that change the size of images by interpolation or by repeating values."""

from __future__ import annotations

from fractions import Fraction

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Distance, Integers, LayerType, ShapeError, Window
from workbench.layers.params import MAX_SIZE, Boolean, Choice, Integer, Number, Param, Sizes, sizes
from workbench.layers.spec import FLOATS, TensorSpec

_REACH: dict[str, int | Fraction] = {
    "nearest": Fraction(1, 2),
    "bilinear": 1,
    "bicubic": 2,
    "lanczos3": 3,
    "lanczos5": 5,
}
"""How far interpolation looks to either side of a point, in input positions."""


def resized_window(given: tuple[int, ...], out: tuple[int, ...], interpolation: str, antialias: bool) -> Window:
    """The inputs that interpolation reads, as TensorFlow places pixels: their middles are at halves.

    Output position j reads around (j + 1/2) * given / out - 1/2. Where sizes are no multiples of one another the
    window starts between two inputs.
    """
    axes = [_resized_axis(*axis, interpolation, antialias) for axis in zip(given, out, strict=True)]
    size, stride, before = zip(*axes, strict=True)
    return Window(size, stride, before)


def _resized_axis(given: int, out: int, interpolation: str, antialias: bool) -> tuple[int, Distance, Distance]:
    share = Fraction(given, out)
    hits = share.denominator == 1 and share.numerator % 2 == 1 and (not antialias or share == 1)
    if interpolation == "nearest" or hits:  # reads one input; where the point is in the middle of two, the later
        first = share.numerator // 2 if share.denominator == 1 else (share - 1) / 2
        return 1, spatial.ratio(given, out), -first
    wider = max(share, Fraction(1)) if antialias else Fraction(1)
    reach = _REACH[interpolation] * wider
    size = int(-(-2 * reach // 1))
    return size, spatial.ratio(given, out), (size - share) / 2


def upsampling(rank: int) -> LayerType:
    """UpSampling1D to 3D; over two axes also by interpolation."""

    def shape(call: Call) -> TensorSpec:
        given, channels = spatial.split(call, rank)
        factors = sizes(call["size"], rank)
        out = tuple(None if size is None else size * factor for size, factor in zip(given, factors, strict=True))
        return spatial.join(call, out, channels)

    def window(call: Call) -> Window:
        factors = sizes(call["size"], rank)
        interpolation = call.params.get("interpolation", "nearest")
        if interpolation == "nearest":
            return Window(factors, factors, (0,) * rank, transposed=True)
        return resized_window((1,) * rank, factors, interpolation, antialias=False)

    factor = Param("size", Sizes(rank), [2] * rank, "Times larger along each spatial axis")
    interpolation = Param("interpolation", Choice(tuple(_REACH)), "nearest", "How values between are made")
    own = {
        1: (Param("size", Integer(1, MAX_SIZE), 2, "Times longer"),),
        2: (factor, DATA_FORMAT, interpolation),
        3: (factor, DATA_FORMAT),
    }
    return LayerType(
        key=f"keras.layers.UpSampling{rank}D",
        label=f"UpSampling{rank}D",
        category=Category.SHAPE,
        doc="Makes the input larger by repeating values" + (" or by interpolation." if rank == 2 else "."),
        params=(*own[rank], DTYPE),
        shape=shape,
        window=window,
        shorthand=lambda params: f"×{spatial.short(sizes(params['size'], rank))}",
        integers=Integers.NUMBERS_KEPT if rank == 2 else Integers.KEPT,
        stem="up_sampling",
        search_words=("upscale", "enlarge", "repeat", "interpolation", "decoder"),
    )


def _resize_shape(call: Call) -> TensorSpec:
    channels = spatial.split(call, 2)[1]
    return spatial.join(call, (call["height"], call["width"]), channels)


def _resizing_shape(call: Call) -> TensorSpec:
    if call["crop_to_aspect_ratio"] and call["pad_to_aspect_ratio"]:
        raise ShapeError(
            "resizing.aspect-ratio",
            "Expected crop_to_aspect_ratio or pad_to_aspect_ratio. Received: both",
            param="pad_to_aspect_ratio",
        )
    out = _resize_shape(call)
    # In a network Keras fills up with float32 zeros, so padded whole numbers come out as float32.
    return TensorSpec(out.shape, "float32") if call["pad_to_aspect_ratio"] and out.dtype not in FLOATS else out


def _resize_window(call: Call) -> Window | str:
    given = tuple(size for size in spatial.split(call, 2)[0] if size is not None)
    if len(given) < 2 or call["crop_to_aspect_ratio"] or call["pad_to_aspect_ratio"]:
        return WHOLE_INPUT
    return resized_window(given, (call["height"], call["width"]), call["interpolation"], call["antialias"])


def _centre_window(call: Call) -> Window | str:
    """Keras cuts the middle out of an image that is large enough, and resizes any other to fit."""
    given, out = spatial.split(call, 2)[0], (call["height"], call["width"])
    known = tuple(size for size in given if size is not None)
    if len(known) < 2 or any(size < wanted for size, wanted in zip(known, out, strict=True)):
        return WHOLE_INPUT
    before = tuple(-((size - wanted) // 2) for size, wanted in zip(known, out, strict=True))
    return Window((1, 1), (1, 1), before)


HEIGHT = Param("height", Integer(1, MAX_SIZE), doc="Height of the output", suggested=224)
WIDTH = Param("width", Integer(1, MAX_SIZE), doc="Width of the output", suggested=224)

RESIZING = LayerType(
    key="keras.layers.Resizing",
    label="Resizing",
    category=Category.SHAPE,
    doc="Brings images to one size.",
    params=(
        HEIGHT,
        WIDTH,
        Param("interpolation", Choice(("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")), "bilinear"),
        Param("crop_to_aspect_ratio", Boolean(), False, "Cut what does not fit instead of distorting"),
        Param("pad_to_aspect_ratio", Boolean(), False, "Fill up instead of distorting"),
        Param("fill_mode", Choice(("constant",)), "constant", "How to fill up", advanced=True),
        Param("fill_value", Number(), 0.0, "What to fill up with", advanced=True),
        Param("antialias", Boolean(), False, "Smooth before shrinking", advanced=True),
        DATA_FORMAT,
        DTYPE,
    ),
    shape=_resizing_shape,
    window=_resize_window,
    shorthand=lambda params: f"{params['height']}x{params['width']}",
    integers=Integers.NUMBERS_KEPT,
    stem="resizing",
    search_words=("resize", "scale", "interpolation"),
)

CENTER_CROP = LayerType(
    key="keras.layers.CenterCrop",
    label="CenterCrop",
    category=Category.SHAPE,
    doc="Cuts out the middle of images; smaller images are resized first.",
    params=(HEIGHT, WIDTH, DATA_FORMAT, DTYPE),
    shape=_resize_shape,
    window=_centre_window,
    shorthand=lambda params: f"{params['height']}x{params['width']}",
    integers=Integers.MADE_FLOAT,
    stem="center_crop",
    search_words=("crop", "centre", "middle"),
)

LAYERS = (*(upsampling(rank) for rank in (2, 1, 3)), RESIZING, CENTER_CROP)
