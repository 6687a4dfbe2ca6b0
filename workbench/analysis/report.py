"""What analysis knows of one layer, and of a graph as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.analysis.receptive_field import ReceptiveField
from workbench.layers import TensorSpec, WeightSpec


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One primitive layer. Costs are for one sample; None where a size is not known."""

    outputs: Mapping[str, TensorSpec] = field(default_factory=dict)
    """Spec for each output port; empty when the layer could not be analysed."""
    weights: tuple[WeightSpec, ...] = ()
    trainable: bool = True
    macs: int | None = None
    """Multiplications (DESIGN section 3): in convolutions, dense layers, matrix products and attention."""
    activation_bytes: int | None = None
    receptive_field: ReceptiveField | None = None

    @property
    def known(self) -> bool:
        """True when shapes could be worked out."""
        return bool(self.outputs)

    @property
    def params(self) -> int:
        """Number of weight values, trainable or not."""
        return sum(weight.size for weight in self.weights)

    @property
    def trainable_params(self) -> int:
        """Number of weight values that training changes."""
        return sum(weight.size for weight in self.weights if weight.trainable) if self.trainable else 0


UNKNOWN = LayerReport()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a graph. Costs are for one sample; layers whose shapes are not known are left out."""

    params: int = 0
    trainable_params: int = 0
    macs: int = 0
    activation_bytes: int = 0

    def plus(self, report: LayerReport, sign: int = 1) -> Totals:
        """These totals with a layer added, or with sign=-1 taken away."""
        return Totals(
            self.params + sign * report.params,
            self.trainable_params + sign * report.trainable_params,
            self.macs + sign * (report.macs or 0),
            self.activation_bytes + sign * (report.activation_bytes or 0),
        )
