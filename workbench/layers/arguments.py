"""Parameters that many layers share, with Keras's names and defaults."""

from __future__ import annotations

from workbench.layers.params import MAX_SIZE, Boolean, Choice, Integer, KerasObject, Optional, Param, Sizes
from workbench.layers.spec import DTYPE_BYTES

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
_POLICIES = ("float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16")
_INTEGERS = tuple(dtype for dtype in DTYPE_BYTES if dtype not in _POLICIES and dtype != "int8")


def _dtype(*names: str) -> Param:
    return Param("dtype", Optional(Choice(names), "the project's"), None, "Data type or policy", advanced=True)


DTYPE = _dtype(*_POLICIES)
"""Of a layer that computes: weights and gradients need floating point."""
ANY_DTYPE = _dtype(*_POLICIES, *_INTEGERS)
"""Of a layer without weights, which may also work on whole numbers. For Keras "int8" names a way to quantise."""
SEED = Param("seed", Optional(Integer(0), "from the run's seed"), None, "Seed of the random numbers", advanced=True)
FILTERS = Param("filters", Integer(1, MAX_SIZE), doc="Number of output channels", suggested=32)
GROUPS = Param("groups", Integer(1, MAX_SIZE), 1, "Groups of channels convolved apart")


def initializer(name: str, default: str) -> Param:
    """An initialiser argument."""
    names = INITIALIZERS if default in INITIALIZERS else (*INITIALIZERS, default)
    return Param(name, KerasObject("an initialiser", names), default, "Initial values", advanced=True)


def regularizer(name: str) -> Param:
    """A regulariser argument."""
    return Param(name, Optional(KerasObject("a regulariser", ("l1", "l2", "l1l2"))), None, "Penalty", advanced=True)


def constraint(name: str) -> Param:
    """A constraint argument."""
    names = ("non_neg", "max_norm", "unit_norm", "min_max_norm")
    return Param(name, Optional(KerasObject("a constraint", names)), None, "Constraint", advanced=True)


def weight_arguments(*kernels: str, activity: bool = True) -> tuple[Param, ...]:
    """Initialisers, regularisers and constraints of a layer with these kernels and a bias, in Keras's order."""
    return (
        *(initializer(f"{kernel}_initializer", "glorot_uniform") for kernel in kernels),
        initializer("bias_initializer", "zeros"),
        *(regularizer(f"{weight}_regularizer") for weight in (*kernels, "bias")),
        *((regularizer("activity_regularizer"),) if activity else ()),
        *(constraint(f"{weight}_constraint") for weight in (*kernels, "bias")),
    )


def kernel_and_bias() -> tuple[Param, ...]:
    """Initialisers, regularisers and constraints of a layer with a kernel and a bias."""
    return weight_arguments("kernel")


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
