"""What a training says of nodes, as the canvas shows it: norms as an overlay, an alarm as a badge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunState:
    """A node's layer, or the worst layer inside a block, at the last report of the training.

    Norms are over all weights of the layer; `update` is the length of a step beside the length of the weights.
    `alarm` says what was seen in it first, as "NaN in its gradients"; "" while it is well.
    """

    weight: float | None = None
    gradient: float | None = None
    update: float | None = None
    alarm: str = ""


NO_RUN = RunState()
