"""Parameters that many layers share, with Keras's names and defaults."""

from __future__ import annotations

from workbench.layers.params import MAX_SIZE, Boolean, Choice, Integer, KerasObject, Optional, Param, Sizes
from workbench.layers.spec import FLOATS

ACTIVATIONS = (
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "tanh", "sigmoid",
    "hard_sigmoid", "hard_silu", "hard_tanh", "softmax", "log_softmax", "log_sigmoid", "softplus", "softsign",
    "soft_shrink", "hard_shrink", "tanh_shrink", "squareplus", "exponential", "sparsemax", "sparse_plus",
    "sparse_sigmoid",
)  # fmt: skip
INITIALIZERS = (
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "zeros", "ones",
    "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "orthogonal", "identity",
)  # fmt: skip
_NEEDS = {"identity": lambda axes: axes == 2, "orthogonal": lambda axes: axes >= 2}

ACTIVATION = Param(
    "activation",
    Optional(KerasObject("an activation", ACTIVATIONS)),
    None,
    "Activation after the layer",
)
USE_BIAS = Param("use_bias", Boolean(), True, "Add a bias for each output channel")
DATA_FORMAT = Param(
    "data_format",
    Optional(Choice(("channels_last", "channels_first")), "channels_last"),
    None,
    "Where the channel axis is",
    advanced=True,
)
DTYPE = Param(
    "dtype",
    Optional(Choice((*FLOATS, "mixed_float16", "mixed_bfloat16")), "the project's"),
    None,
    "Data type or policy",
    advanced=True,
)
SEED = Param("seed", Optional(Integer(0), "from the run's seed"), None, "Seed of the random numbers", advanced=True)
FILTERS = Param("filters", Integer(1, MAX_SIZE), doc="Number of output channels", suggested=32)
GROUPS = Param("groups", Integer(1, MAX_SIZE), 1, "Groups of channels convolved apart")


def initializer(name: str, default: str, axes: int = 1) -> Param:
    """An initialiser argument for a weight of `axes` axes: some initialisers make matrices only."""
    names = tuple(known for known in INITIALIZERS if known not in _NEEDS or _NEEDS[known](axes))
    names = names if default in names else (*names, default)
    return Param(name, KerasObject("an initialiser", names), default, "Initial values", advanced=True)


def regularizer(name: str) -> Param:
    """A regulariser argument."""
    return Param(name, Optional(KerasObject("a regulariser", ("l1", "l2", "l1l2"))), None, "Penalty", advanced=True)


def constraint(name: str) -> Param:
    """A constraint argument."""
    names = ("non_neg", "max_norm", "unit_norm", "min_max_norm")
    return Param(name, Optional(KerasObject("a constraint", names)), None, "Constraint", advanced=True)


def weight_arguments(*kernels: str, axes: int, activity: bool = True) -> tuple[Param, ...]:
    """Initialisers, regularisers and constraints of kernels of `axes` axes and a bias, in the order of Keras."""
    return (
        *(initializer(f"{kernel}_initializer", "glorot_uniform", axes) for kernel in kernels),
        initializer("bias_initializer", "zeros"),
        *(regularizer(f"{weight}_regularizer") for weight in (*kernels, "bias")),
        *((regularizer("activity_regularizer"),) if activity else ()),
        *(constraint(f"{weight}_constraint") for weight in (*kernels, "bias")),
    )


def kernel_and_bias(kernel_axes: int) -> tuple[Param, ...]:
    """Initialisers, regularisers and constraints of a layer with a kernel of `kernel_axes` axes and a bias."""
    return weight_arguments("kernel", axes=kernel_axes)


def kernel_size(rank: int) -> Param:
    """Kernel size for each spatial axis."""
    return Param("kernel_size", Sizes(rank), doc="Kernel size for each spatial axis", suggested=3)


def ones(rank: int) -> int | list[int]:
    """1 for each spatial axis, written as Keras writes that default: a plain 1 for a single axis."""
    return 1 if rank == 1 else [1] * rank


def strides(rank: int) -> Param:
    """Strides of a convolution."""
    return Param("strides", Sizes(rank), ones(rank), "Step between neighbouring positions")


def pool_strides(rank: int) -> Param:
    """Strides of pooling; None means the pool size."""
    return Param("strides", Optional(Sizes(rank), "the pool size"), None, "Step between neighbouring positions")


def dilation_rate(rank: int) -> Param:
    """Dilation for each spatial axis."""
    return Param("dilation_rate", Sizes(rank), ones(rank), "Distance between kernel elements")


def padding(*choices: str) -> Param:
    """Padding, valid unless told."""
    return Param("padding", Choice(choices or ("valid", "same")), "valid", "valid: none; same: zeros around the input")
