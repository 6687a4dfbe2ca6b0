"""The fewest passes over an image that do all that its steps drew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from workbench.data.augmentation.effects import COLOUR_ONLY, Area, ColourMatrix, Effect, Table, Warp
from workbench.data.augmentation.matrices import Matrix, product

Pass: TypeAlias = list[Table] | Matrix
"""Functions of one value, which become one look-up table, or a matrix for colours."""


@dataclass(slots=True)
class Stage:
    """One warp, then passes over values, then what looks at more than one pixel."""

    warp: Warp | None = None
    passes: list[Pass] = field(default_factory=list)
    area: Area | None = None


def fused(effects: Iterable[Effect], channels: int) -> list[Stage]:
    """Stages that do the same as the effects in their order.

    All movements of a stage become one warp, which goes first: a function of single values does not mind. Neighbouring
    functions of one value become one table, with the rounding of one; neighbouring colour matrices become one, without
    cutting off values in between. At least one stage.
    """
    stage = Stage()
    stages = [stage]
    for effect in effects:
        if channels == 1 and isinstance(effect, COLOUR_ONLY):
            continue
        if stage.area is not None:
            stage = Stage()
            stages.append(stage)
        if isinstance(effect, Warp):
            stage.warp = effect if stage.warp is None else _both(stage.warp, effect)
        elif isinstance(effect, ColourMatrix):
            _add_matrix(stage.passes, effect.matrix)
        elif isinstance(effect, Table):
            _add_table(stage.passes, effect)
        else:
            stage.area = effect
    return stages


def _both(first: Warp, then: Warp) -> Warp:
    return Warp(product(then.matrix, first.matrix), then.edge or first.edge)


def _add_matrix(passes: list[Pass], matrix: Matrix) -> None:
    if passes and isinstance(passes[-1], tuple):
        passes[-1] = product(matrix, passes[-1])
    else:
        passes.append(matrix)


def _add_table(passes: list[Pass], table: Table) -> None:
    if passes and isinstance(passes[-1], list):
        passes[-1].append(table)
    else:
        passes.append([table])
