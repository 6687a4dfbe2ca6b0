"""What analysis knows of one node, and of a graph as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from workbench.analysis.receptive_field import ReceptiveField
from workbench.layers import TensorSpec, WeightSpec

if TYPE_CHECKING:
    from workbench.analysis.plan import Plan

_NOTHING: Mapping[str, TensorSpec] = MappingProxyType({})


class LayerReport(NamedTuple):
    """One node: a primitive layer, or a block with the reports of what it expands into.

    Costs are for one sample; None where a size is not known. `params` counts weight values, trainable or not.
    """

    outputs: Mapping[str, TensorSpec] = _NOTHING
    """Spec for each output port; empty when the node could not be analysed."""
    fields: tuple[ReceptiveField, ...] = ()
    """Receptive field for each output port, in the same order."""
    weights: tuple[WeightSpec, ...] = ()
    trainable: bool = True
    params: int = 0
    trainable_params: int = 0
    macs: int | None = None
    """Multiplications in convolutions, dense layers, matrix products and attention."""
    activation_bytes: int | None = None
    inner: tuple[Repetition, ...] = ()
    """For a block: what each repetition expanded into."""

    @property
    def known(self) -> bool:
        """True when shapes could be worked out."""
        return bool(self.outputs)

    def without_weights(self) -> LayerReport:
        """The same for a layer that is applied again: its weights count where it stands first."""
        return self._replace(weights=(), params=0, trainable_params=0)

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """Field of the first output."""
        return self.fields[0] if self.fields else None


class Repetition(NamedTuple):
    """One copy of what a block expands into."""

    plan: Plan
    reports: Mapping[str, LayerReport]
    """By inner node id."""


UNKNOWN = LayerReport()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a graph. Costs are for one sample; nodes whose shapes are not known are left out."""

    params: int = 0
    trainable_params: int = 0
    macs: int = 0
    activation_bytes: int = 0
    known: int = field(default=0, compare=False)
    """Nodes whose shapes are known. Networks of equal cost may have different numbers of nodes."""
    open: int = 0
    """Of these, nodes whose multiplications are not known: `macs` is then a lower bound."""

    def replacing(self, old: LayerReport, new: LayerReport) -> Totals:
        """The sums when a layer that was reported as `old` is `new`."""
        return Totals(
            self.params + new.params - old.params,
            self.trainable_params + new.trainable_params - old.trainable_params,
            self.macs + (new.macs or 0) - (old.macs or 0),
            self.activation_bytes + (new.activation_bytes or 0) - (old.activation_bytes or 0),
            self.known + new.known - old.known,
            self.open + (new.known and new.macs is None) - (old.known and old.macs is None),
        )

    @property
    def flops(self) -> int:
        """Two for each multiplication."""
        return 2 * self.macs
