"""Keras's own augmentation layers: images in, images of the same kind out. In inference they pass images on.

They are told apart from the workbench's augmentation (OpenCV, in the input pipeline), which is much faster.
"""

from __future__ import annotations

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE, SEED
from workbench.layers.layer_type import (
    WHOLE_INPUT,
    Call,
    Category,
    Integers,
    LayerType,
    ShapeError,
    ShapeRule,
    WindowRule,
)
from workbench.layers.params import (
    REQUIRED,
    Boolean,
    Choice,
    Either,
    Integer,
    ListOf,
    Number,
    Odd,
    Optional,
    Param,
    Span,
)
from workbench.layers.spec import TensorSpec
from workbench.layers.upsampling import HEIGHT, WIDTH

_VALUE_RANGE = Param("value_range", Span(), [0, 255], "Smallest and largest value of the images")
_INTERPOLATION = Param("interpolation", Choice(("nearest", "bilinear")), "bilinear", "How values between are made")
_FILL_MODE = Param(
    "fill_mode", Choice(("reflect", "wrap", "constant", "nearest")), "reflect", "What is seen beyond the border"
)
_FILL_VALUE = Param("fill_value", Number(), 0.0, "Value beyond the border where fill_mode is constant", advanced=True)


_BITS = Integer(1, 8)


def _range(low: float, high: float) -> Either:
    number = Number(low, high)
    return Either((number, ListOf(number, 2)))


def _factor(
    low: float, high: float, default: object = REQUIRED, name: str = "factor", suggested: float | None = None
) -> Param:
    return Param(name, _range(low, high), default, "Strength: a number, or from and to", suggested=suggested)


def _optional_factor(name: str, low: float, high: float) -> Param:
    return Param(name, Optional(_range(low, high), "leave as it is"), None, "Strength: a number, or from and to")


def _same(call: Call) -> TensorSpec:
    spatial.split(call, 2)
    return call.output(call.input.shape)


def _of_channels(*allowed: int) -> ShapeRule:
    """A rule for layers that know colours: images of so many channels; unknown ones may turn out right."""

    def rule(call: Call) -> TensorSpec:
        channels = spatial.split(call, 2)[1]
        if channels is not None and channels not in allowed:
            raise ShapeError(
                "augmentation.channels",
                f"Expected images of {' or '.join(map(str, allowed))} channels. Received: {call.input}",
                port="input",
                hint="Colours change where images enter the network, before the first convolution.",
            )
        return call.output(call.input.shape)

    return rule


_in_colour, _colour_or_grey = _of_channels(3), _of_channels(1, 3)


def _jittered(call: Call) -> TensorSpec:
    in_colour = any(call[name] is not None for name in ("saturation_factor", "hue_factor"))
    return _in_colour(call) if in_colour else _same(call)


def _cropped(call: Call) -> TensorSpec:
    return spatial.join(call, (call["height"], call["width"]), spatial.split(call, 2)[1])


def _refused(call: Call) -> TensorSpec:
    raise ShapeError(
        "augmentation.not-in-networks",
        "Expected a layer that can be part of a network: Keras (3.15) takes what Equalization gives for what it got, "
        f"and sees a cycle. Received: Equalization on {call.input}",
        hint="Use ContrastLimitedAdaptiveHistogramEqualization or AutoContrast.",
    )


def _mixed(call: Call) -> TensorSpec:
    if call.dtype == "bfloat16":
        raise ShapeError(
            "input.dtype", "Expected float16 or more: Keras cannot paste in bfloat16. Received: bfloat16", param="dtype"
        )
    return _same(call)


def _by_position(_: Call) -> None:
    return None


def _whole(_: Call) -> str:
    return WHOLE_INPUT


def _layer(
    label: str,
    doc: str,
    *params: Param,
    words: tuple[str, ...] = (),
    shape: ShapeRule = _same,
    window: WindowRule = _by_position,
    integers: Integers = Integers.MADE_FLOAT,
    stem: str = "",
) -> LayerType:
    return LayerType(
        key=f"keras.layers.{label}",
        label=label,
        category=Category.AUGMENTATION,
        doc=doc,
        params=(*params, DTYPE),
        shape=shape,
        window=window,
        integers=integers,
        stem=stem or _snake(label),
        search_words=("augmentation", *words),
    )


def _snake(label: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in label).lstrip("_")


GEOMETRY = (
    _layer(
        "RandomFlip",
        "Mirrors images.",
        Param(
            "mode",
            Choice(("horizontal_and_vertical", "horizontal", "vertical")),
            "horizontal_and_vertical",
            "Which way",
        ),
        SEED,
        DATA_FORMAT,
        words=("mirror",),
    ),
    _layer(
        "RandomRotation",
        "Turns images; 1 is a full turn.",
        _factor(-1, 1, suggested=0.1),
        _FILL_MODE,
        _INTERPOLATION,
        SEED,
        _FILL_VALUE,
        DATA_FORMAT,
        words=("turn",),
    ),
    _layer(
        "RandomZoom",
        "Enlarges or shrinks what is seen.",
        _factor(-0.999, 1, name="height_factor", suggested=0.1),
        _optional_factor("width_factor", -0.999, 1),
        _FILL_MODE,
        _INTERPOLATION,
        SEED,
        _FILL_VALUE,
        DATA_FORMAT,
        words=("scale",),
    ),
    _layer(
        "RandomTranslation",
        "Shifts images by a share of their size.",
        _factor(-1, 1, name="height_factor", suggested=0.1),
        _factor(-1, 1, name="width_factor", suggested=0.1),
        _FILL_MODE,
        _INTERPOLATION,
        SEED,
        _FILL_VALUE,
        DATA_FORMAT,
        words=("shift", "move"),
    ),
    _layer(
        "RandomShear",
        "Slants images.",
        _factor(0, 1, 0.0, "x_factor"),
        _factor(0, 1, 0.0, "y_factor"),
        _INTERPOLATION,
        _FILL_MODE,
        _FILL_VALUE,
        DATA_FORMAT,
        SEED,
        words=("slant",),
    ),
    _layer(
        "RandomPerspective",
        "Sees images from the side.",
        _factor(0, 1, 1.0),
        Param("scale", Number(0, 1), 1.0, "How far the corners move"),
        _INTERPOLATION,
        _FILL_VALUE,
        SEED,
        DATA_FORMAT,
        words=("warp",),
    ),
    _layer(
        "RandomElasticTransform",
        "Bends images locally.",
        _factor(0, 1, 1.0),
        _factor(0, 1, 1.0, "scale"),
        _INTERPOLATION,
        _FILL_MODE,
        _FILL_VALUE,
        _VALUE_RANGE,
        SEED,
        DATA_FORMAT,
        words=("warp", "deform"),
    ),
    _layer(
        "RandomCrop",
        "Cuts out a part of a given size; smaller images are resized.",
        HEIGHT,
        WIDTH,
        SEED,
        DATA_FORMAT,
        shape=_cropped,
        window=_whole,
    ),
)

COLOUR = (
    _layer(
        "RandomBrightness",
        "Makes images brighter or darker.",
        _factor(-1, 1, suggested=0.2),
        _VALUE_RANGE,
        SEED,
        integers=Integers.REFUSED,
    ),
    _layer(
        "RandomContrast",
        "Raises or lowers contrast.",
        _factor(0, 1, suggested=0.2),
        _VALUE_RANGE,
        SEED,
        integers=Integers.REFUSED,
    ),
    _layer(
        "RandomSaturation",
        "Makes colours stronger or weaker.",
        _factor(-1, 1, suggested=0.5),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
        words=("color",),
        integers=Integers.REFUSED,
        shape=_in_colour,
    ),
    _layer(
        "RandomHue",
        "Shifts colours around the wheel.",
        _factor(0, 1, suggested=0.1),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
        words=("color",),
        shape=_in_colour,
    ),
    _layer(
        "RandomColorJitter",
        "Brightness, contrast, saturation and hue in one.",
        _VALUE_RANGE,
        _optional_factor("brightness_factor", -1, 1),
        _optional_factor("contrast_factor", 0, 1),
        _optional_factor("saturation_factor", -1, 1),
        _optional_factor("hue_factor", 0, 1),
        SEED,
        DATA_FORMAT,
        shape=_jittered,
    ),
    _layer(
        "RandomColorDegeneration",
        "Fades colours towards grey.",
        _factor(-1, 1, suggested=0.5),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
        shape=_in_colour,
    ),
    _layer(
        "RandomGrayscale",
        "Turns some images grey.",
        Param("factor", Number(0, 1), 0.5, "Share of the images"),
        DATA_FORMAT,
        SEED,
        words=("black and white",),
        integers=Integers.KEPT,
        shape=_colour_or_grey,
    ),
    _layer(
        "RandomInvert", "Inverts some images.", _factor(0, 1, 1.0), _VALUE_RANGE, SEED, DATA_FORMAT, words=("negative",)
    ),
    _layer(
        "RandomPosterization",
        "Leaves fewer bits for each colour.",
        Param("factor", Either((_BITS, ListOf(_BITS, 2))), doc="Bits, or from and to", suggested=4),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
        words=("bits",),
    ),
    _layer(
        "RandomSharpness",
        "Sharpens or softens.",
        _factor(0, 1, suggested=0.5),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
        words=("blur",),
    ),
    _layer(
        "RandomGaussianBlur",
        "Blurs.",
        _factor(0, 1, 1.0),
        Param(
            "kernel_size",
            Either((Odd(), ListOf(Odd(), 2))),
            3,
            "Odd size of the blurring window",
        ),
        _factor(0, 1, 1.0, "sigma"),
        _VALUE_RANGE,
        DATA_FORMAT,
        SEED,
    ),
    _layer(
        "Solarization",
        "Inverts values over a threshold.",
        _factor(0, 1, 0.0, "addition_factor"),
        _factor(0, 1, 0.0, "threshold_factor"),
        _VALUE_RANGE,
        SEED,
    ),
    _layer("AutoContrast", "Stretches values over the whole range.", _VALUE_RANGE, window=_whole),
    _layer(
        "Equalization",
        "Evens out the histogram.",
        _VALUE_RANGE,
        Param("bins", Integer(1), 256, "Bins of the histogram"),
        DATA_FORMAT,
        words=("histogram",),
        shape=_refused,
        window=_whole,
    ),
    _layer(
        "ContrastLimitedAdaptiveHistogramEqualization",
        "Evens out the histogram tile by tile (CLAHE).",
        _VALUE_RANGE,
        Param("clip_limit", Number(0), 4.0, "Limit of the contrast"),
        Param("tile_grid_size", ListOf(Integer(1), 2), [8, 8], "Number of tiles each way"),
        DATA_FORMAT,
        words=("clahe", "histogram"),
        integers=Integers.KEPT,
        window=_whole,
        stem="clahe",
    ),
)

MIXING = (
    _layer(
        "RandomErasing",
        "Erases a rectangle (Zhong et al., 2020).",
        _factor(0, 1, 1.0),
        _factor(0, 1, [0.02, 0.33], "scale"),
        Param("fill_value", Optional(Number(), "noise"), None, "What to fill it with"),
        _VALUE_RANGE,
        SEED,
        DATA_FORMAT,
        words=("cutout",),
    ),
    _layer(
        "MixUp",
        "Blends images and labels in pairs (Zhang et al., 2018).",
        Param("alpha", Number(0), 0.2, "Strength of the blend"),
        DATA_FORMAT,
        SEED,
        words=("blend",),
        stem="mix_up",
    ),
    _layer(
        "CutMix",
        "Pastes a part of another image (Yun et al., 2019).",
        _factor(0, 1, 1.0),
        SEED,
        DATA_FORMAT,
        words=("paste",),
        shape=_mixed,
    ),
    _layer(
        "RandAugment",
        "A few random operations (Cubuk et al., 2020).",
        _VALUE_RANGE,
        Param("num_ops", Integer(1), 2, "Operations for each image"),
        _factor(0, 1, 0.5),
        _INTERPOLATION,
        SEED,
        DATA_FORMAT,
        words=("auto",),
        shape=_colour_or_grey,
    ),
    _layer(
        "AugMix",
        "Blends several chains of operations (Hendrycks et al., 2020).",
        _VALUE_RANGE,
        Param("num_chains", Integer(1), 3, "Chains for each image"),
        Param("chain_depth", Integer(1), 3, "Operations in a chain"),
        _factor(0, 1, 0.3),
        Param("alpha", Number(0), 1.0, "Strength of the blend"),
        Param("all_ops", Boolean(), True, "Use colour operations too"),
        _INTERPOLATION,
        SEED,
        DATA_FORMAT,
        words=("auto",),
        shape=_colour_or_grey,
    ),
)

LAYERS = (*GEOMETRY, *COLOUR, *MIXING)
