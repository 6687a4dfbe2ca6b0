"""Which layers train when, and how fast: phases of a training and learning rates for parts of the network.

As text, for the command line and the form: `head for 5; last 30% for 5 at 0.1; all for 10 at 0.01`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from math import ceil
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from workbench.analysis.depth import WeightedLayer, head_of

GRAPH, ALL, HEAD = "graph", "all", "head"
TWO_PHASES = "two-phase"
"""What `fine_tuning` is set to for the recipe, for as many epochs as there are."""
_TOP, _LOW = "last 30%", 0.1
_LAST = re.compile(r"last (\d+)(%?)")
_PHASE = re.compile(r"(?P<train>.+?) for (?P<epochs>\d+)(?: at (?P<rate>[-+.\deE]+))?")
_EXPECTED = "Expected phases as 'head for 5; last 30% for 10 at 0.1'"
Factor = Annotated[float, Meta(gt=0, le=1e6)]


class Phase(Struct, frozen=True, forbid_unknown_fields=True):
    """Some epochs in which the same layers train. Raises ValueError where `train` means nothing.

    `train` is `graph` (what is not frozen in the graph), `all`, `head`, `last 20` or `last 30%` of the layers with
    weights, a pattern of names (`block5_*`) or a regular expression between slashes.
    """

    train: str
    epochs: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    rate: Factor = 1.0
    """What the learning rate is multiplied by."""

    def __post_init__(self) -> None:
        check_selection(self.train)

    def __str__(self) -> str:
        at = "" if self.rate == 1 else f" at {self.rate:g}"
        return f"{self.train} for {self.epochs}{at}"


class PartRate(Struct, frozen=True, forbid_unknown_fields=True):
    """Another learning rate for the layers that `part` selects, as `Phase.train` does. Raises ValueError."""

    part: str
    factor: Factor

    def __post_init__(self) -> None:
        check_selection(self.part)

    def __str__(self) -> str:
        return f"{self.part} at {self.factor:g}"


class FineTuning(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing by default: what the graph does not freeze trains throughout, all at one rate."""

    phases: tuple[Phase, ...] = ()
    """One after another; the last one goes on to the end of the training."""
    rates: tuple[PartRate, ...] = ()
    """The first that selects a layer holds for it (discriminative rates: Howard and Ruder, 2018)."""
    normalisation_trains: bool = False
    """Whether phases thaw BatchNormalization before the head, too: its statistics then follow small batches."""

    def number_at(self, epoch: int) -> int:
        """Of the phase that an epoch (from 0) belongs to, from 0."""
        ends = 0
        for number, phase in enumerate(self.phases):
            ends += phase.epochs
            if epoch < ends:
                return number
        return max(len(self.phases) - 1, 0)

    def ends(self, epochs: int) -> tuple[int, ...]:
        """Of a training of so many epochs: where each phase that is reached ends."""
        if not self.phases:
            return (epochs,)
        ends, done = [], 0
        for phase in self.phases:
            done += phase.epochs
            ends.append(min(done, epochs))
            if done >= epochs:
                break
        ends[-1] = epochs
        return tuple(ends)

    def factors(self) -> tuple[tuple[int, float], ...]:
        """(first epoch, factor of the learning rate) of each phase."""
        starts, begun = [], 0
        for phase in self.phases:
            starts.append((begun, phase.rate))
            begun += phase.epochs
        return tuple(starts)

    def __str__(self) -> str:
        return "; ".join(map(str, self.phases))


def check_selection(text: str) -> None:
    """Raises ValueError where a selection of layers is empty or its regular expression is wrong."""
    if not text.strip():
        raise ValueError("Expected layers, as head, all, last 20, a pattern or /a regular expression/. Received: ''")
    if _is_expression(text):
        try:
            re.compile(text[1:-1])
        except re.error as error:
            raise ValueError(f"Expected a regular expression. Received: {text!r} ({error})") from None


def _is_expression(text: str) -> bool:
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def matching(pattern: str, names: Iterable[str]) -> frozenset[str]:
    """The names that a pattern with `*`, `?` and `[…]` or a regular expression between slashes fits.

    A pattern must fit the whole name; an expression may be found anywhere in it. Raises ValueError.
    """
    check_selection(pattern)
    if _is_expression(pattern):
        expression = re.compile(pattern[1:-1])
        return frozenset(name for name in names if expression.search(name))
    return frozenset(name for name in names if fnmatchcase(name, pattern))


def selected(text: str, layers: Sequence[WeightedLayer]) -> frozenset[str]:
    """Names of the layers, given in depth order, that a selection means."""
    if text == ALL:
        return frozenset(layer.name for layer in layers)
    if text == GRAPH:
        return frozenset(layer.name for layer in layers if layer.trainable)
    if text == HEAD:
        return frozenset(layer.name for layer in head_of(list(layers)))
    if last := _LAST.fullmatch(text):
        count = int(last[1])
        count = ceil(len(layers) * count / 100) if last[2] else count
        return frozenset(layer.name for layer in layers[max(0, len(layers) - count) :])
    return matching(text, (layer.name for layer in layers))


def trained_in(tuning: FineTuning, phase: Phase, layers: Sequence[WeightedLayer]) -> frozenset[str]:
    """Names of the layers that train in a phase."""
    chosen = selected(phase.train, layers)
    if tuning.normalisation_trains or phase.train == GRAPH:
        return chosen
    head = {layer.name for layer in head_of(list(layers))}
    return chosen - {layer.name for layer in layers if layer.normalises and layer.name not in head}


def part_factors(tuning: FineTuning, layers: Sequence[WeightedLayer]) -> dict[str, float]:
    """What the learning rate of each layer is multiplied by, where that is not 1."""
    found: dict[str, float] = {}
    for rate in tuning.rates:
        for name in selected(rate.part, layers):
            found.setdefault(name, rate.factor)
    return {name: factor for name, factor in found.items() if factor != 1}


def two_phases(epochs: int) -> FineTuning:
    """The usual recipe: the head on frozen features first, then the top of the network with a tenth of the rate."""
    first = max(1, epochs // 2)
    phases = (Phase(HEAD, first), Phase(_TOP, max(1, epochs - first), _LOW))
    return FineTuning(phases)


def gradual(epochs: int, steps: int = 4) -> FineTuning:
    """Gradual unfreezing (Howard and Ruder, 2018): the head, then ever more from the end, at last everything."""
    each = max(1, epochs // steps)
    shares = [f"last {100 * step // (steps - 1)}%" for step in range(1, steps - 1)]
    rates = [_LOW] * len(shares) + [_LOW / 10]
    later = [Phase(what, each, rate) for what, rate in zip([*shares, ALL], rates, strict=True)]
    return FineTuning((Phase(HEAD, each), *later))


def read_phases(text: str) -> tuple[Phase, ...]:
    """Phases from their text; none from an empty one. Raises ValueError."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return tuple(_read_phase(part) for part in parts)


def _read_phase(part: str) -> Phase:
    found = _PHASE.fullmatch(part)
    if found is None:
        raise ValueError(f"{_EXPECTED}. Received: {part!r}")
    phase: Phase = _made(Phase, part, train=found["train"], epochs=found["epochs"], rate=found["rate"] or 1.0)
    return phase


def read_rates(text: str) -> tuple[PartRate, ...]:
    """Rates of parts from `block1_* at 0.1; head at 10`. Raises ValueError."""
    found = []
    for part in (each.strip() for each in text.split(";") if each.strip()):
        name, at, factor = part.rpartition(" at ")
        if not at:
            raise ValueError(f"Expected parts and factors as 'block1_* at 0.1; head at 10'. Received: {part!r}")
        found.append(_made(PartRate, part, part=name, factor=factor))
    return tuple(found)


def _made(kind: Any, text: str, **values: Any) -> Any:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"{str(error).split(' - at')[0]} (in {text!r})") from None


def read_fine_tuning(text: str, epochs: int) -> FineTuning:
    """`two-phase`, `gradual`, `none` or phases. Raises ValueError."""
    recipes = {TWO_PHASES: two_phases, "gradual": gradual}
    if text in recipes:
        return recipes[text](epochs)
    return FineTuning(() if text in ("", "none") else read_phases(text))
