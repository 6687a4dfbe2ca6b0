"""The optimisers as data: Keras's constructor arguments, same names and defaults, beside the learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.layers import Param
from workbench.layers.params import Boolean, Integer, ListOf, Number, Optional, Text


@dataclass(frozen=True)
class Optimizer:
    """`key` is the class in `keras.optimizers`; `params` are its arguments without learning rate and name."""

    key: str
    doc: str
    learning_rate: float
    """Keras's default; the training settings have their own."""
    params: tuple[Param, ...]

    @property
    def by_name(self) -> Mapping[str, Param]:
        """The arguments by name."""
        return {param.name: param for param in self.params}


_SHARE = Number(0, 1)
_NONE = Optional(Number(0), "off")


def _decay(default: float | None = None) -> Param:
    return Param("weight_decay", _NONE, default, "Share of every weight taken away each step, times the learning rate")


def _epsilon(default: float = 1e-7) -> Param:
    return Param("epsilon", Number(0), default, "Keeps the division from a denominator of 0", advanced=True)


def _beta_1(name: str = "beta_1") -> Param:
    return Param(name, _SHARE, 0.9, "Decay of the running mean of the gradients")


def _beta_2(default: float = 0.999, name: str = "beta_2") -> Param:
    return Param(name, _SHARE, default, "Decay of the running mean of their squares")


_AMSGRAD = Param("amsgrad", Boolean(), False, "Divides by the largest mean square so far (Reddi et al., 2018)")
_ACCUMULATOR = Param("initial_accumulator_value", Number(0), 0.1, "What the sums of squares begin with", advanced=True)

_CLIPPING = (
    Param("clipnorm", _NONE, None, "Each weight's gradient is shortened to this norm"),
    Param("clipvalue", _NONE, None, "Each value of a gradient is cut to plus or minus this"),
    Param("global_clipnorm", _NONE, None, "All gradients together are shortened to this norm"),
)
_AVERAGING = (
    Param("use_ema", Boolean(), False, "Keeps a running mean of the weights, which the end of the training takes over"),
    Param("ema_momentum", _SHARE, 0.99, "Decay of the running mean of the weights"),
    Param(
        "ema_overwrite_frequency",
        Optional(Integer(1), "at the end only"),
        None,
        "Steps after which the weights become their mean",
        advanced=True,
    ),
)
_SCALING = (
    Param("loss_scale_factor", _NONE, None, "The loss is multiplied by this, the gradients divided", advanced=True),
    Param(
        "gradient_accumulation_steps",
        Optional(Integer(2), "every step updates"),
        None,
        "Batches whose gradients are averaged before the weights change",
    ),
)


def _optimizer(key: str, doc: str, *own: Param, decay: float | None = None, rate: float = 0.001) -> Optimizer:
    """An optimiser with its own arguments and those that all share."""
    return Optimizer(key, doc, rate, (*own, _decay(decay), *_CLIPPING, *_AVERAGING, *_SCALING))


def _adam_like(key: str, doc: str, *more: Param, decay: float | None = None) -> Optimizer:
    return _optimizer(key, doc, _beta_1(), _beta_2(), _epsilon(), *more, decay=decay)


_MUON = (
    _beta_1("adam_beta_1"),
    _beta_2(name="adam_beta_2"),
    Param("adam_weight_decay", _NONE, 0.004, "Weight decay of the weights that Adam updates"),
    _epsilon(),
    Param("exclude_layers", Optional(ListOf(Text())), None, "Patterns of layers that Adam updates", advanced=True),
    Param("exclude_embeddings", Boolean(), True, "Adam updates embeddings", advanced=True),
    Param("muon_a", Number(), 3.4445, "Coefficient of the Newton-Schulz iteration", advanced=True),
    Param("muon_b", Number(), -4.775, "Coefficient of the Newton-Schulz iteration", advanced=True),
    Param("muon_c", Number(), 2.0315, "Coefficient of the Newton-Schulz iteration", advanced=True),
    Param("adam_lr_ratio", Number(0), 1, "Adam's learning rate as a share of the whole one"),
    Param("momentum", _SHARE, 0.95, "Share of the last step that the next one keeps"),
    Param("ns_steps", Integer(1), 5, "Newton-Schulz iterations", advanced=True),
    Param("nesterov", Boolean(), True, "Looks ahead by the momentum (Nesterov, 1983)"),
    Param("rms_rate", Number(0), 0.2, "Size of a step against Adam's", advanced=True),
)
_FTRL = (
    Param("learning_rate_power", Number(None, 0), -0.5, "How the rate falls with the sum of squares", advanced=True),
    _ACCUMULATOR,
    Param("l1_regularization_strength", Number(0), 0.0, "Pulls weights to exactly 0"),
    Param("l2_regularization_strength", Number(0), 0.0, "Pulls weights towards 0"),
    Param("l2_shrinkage_regularization_strength", Number(0), 0.0, "The same, on the loss", advanced=True),
    Param("beta", Number(0), 0.0, "Of the paper; keeps the first steps small", advanced=True),
)
_ADAFACTOR = (
    Param("beta_2_decay", Number(None, 0), -0.8, "How the decay of the mean squares goes to 1"),
    Param("epsilon_1", Number(0), 1e-30, "Keeps the division from a denominator of 0", advanced=True),
    Param("epsilon_2", Number(0), 0.001, "Smallest size of a weight that steps are relative to", advanced=True),
    Param("clip_threshold", Number(0), 1.0, "Longest step, in root mean square"),
    Param("relative_step", Boolean(), True, "The rate falls with the square root of the steps"),
)
_MOMENTUM = Param("momentum", _SHARE, 0.0, "Share of the last step that the next one keeps")
_ALL = (
    _optimizer(
        "SGD",
        "Steps along the gradient of a batch, with momentum if wanted",
        _MOMENTUM,
        Param("nesterov", Boolean(), False, "Looks ahead by the momentum (Nesterov, 1983)"),
        rate=0.01,
    ),
    _optimizer(
        "RMSprop",
        "Divides by the root of the mean square of recent gradients (Hinton, 2012)",
        Param("rho", _SHARE, 0.9, "Decay of the running mean of the squares"),
        _MOMENTUM,
        _epsilon(),
        Param("centered", Boolean(), False, "Divides by the deviation instead"),
    ),
    _adam_like("Adam", "Momentum and RMSprop together (Kingma and Ba, 2015)", _AMSGRAD),
    _adam_like(
        "AdamW", "Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019)", _AMSGRAD, decay=0.004
    ),
    _adam_like("Nadam", "Adam with Nesterov's momentum (Dozat, 2016)"),
    _adam_like("Adamax", "Adam by the largest gradient instead of the mean square (Kingma and Ba, 2015)"),
    _optimizer("Adagrad", "Divides by the root of all squares so far (Duchi et al., 2011)", _ACCUMULATOR, _epsilon()),
    _optimizer(
        "Adadelta",
        "RMSprop with steps in the units of the weights (Zeiler, 2012)",
        Param("rho", _SHARE, 0.95, "Decay of the running means"),
        _epsilon(),
    ),
    _optimizer("Adafactor", "Adam with the memory of a row and a column (Shazeer and Stern, 2018)", *_ADAFACTOR),
    _optimizer("Ftrl", "Follows the regularised leader; many weights become 0 (McMahan et al., 2013)", *_FTRL),
    _adam_like("Lamb", "Adam with a step for each layer, for very large batches (You et al., 2020)"),
    _optimizer("Lion", "The sign of a momentum; half of Adam's memory (Chen et al., 2023)", _beta_1(), _beta_2(0.99)),
    _optimizer("Muon", "Orthogonal steps for matrices, Adam for the rest (Jordan, 2024)", *_MUON, decay=0.004),
    _optimizer(
        "ScheduleFreeAdamW",
        "AdamW that needs no schedule (Defazio et al., 2024)",
        _beta_1(),
        _beta_2(),
        _epsilon(1e-8),
        Param("warmup_steps", Integer(0), 0, "Steps over which the rate rises"),
        rate=0.0025,
    ),
)
OPTIMIZERS: Mapping[str, Optimizer] = {optimizer.key: optimizer for optimizer in _ALL}
