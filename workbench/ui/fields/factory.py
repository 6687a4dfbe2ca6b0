"""Which editor a parameter gets. A new kind is one more row."""

from __future__ import annotations

from collections.abc import Callable

from workbench.layers import Param
from workbench.layers.params import Boolean, Choice, Integer, KerasObject, Kind, Number, Optional, Sizes
from workbench.ui.fields.choices import ChoiceField, ObjectField, SwitchField
from workbench.ui.fields.field import Field
from workbench.ui.fields.sizes import SizesField
from workbench.ui.fields.slider import SliderField
from workbench.ui.fields.text import TextField

Maker = Callable[[Param, Kind, str | None], Field]


def field_for(param: Param) -> Field:
    """An editor for a parameter; a kind that is not known here is edited as JSON."""
    kind = param.kind
    if isinstance(kind, Optional):
        return _MAKERS.get(type(kind.kind), _text)(param, kind.kind, kind.none_means)
    return _MAKERS.get(type(kind), _text)(param, kind, None)


def ranged_field_for(param: Param) -> Field:
    """An editor with a slider where the number has two ends; else as `field_for`."""
    kind = param.kind
    if isinstance(kind, Integer | Number) and kind.minimum is not None and kind.maximum is not None:
        return SliderField(kind)
    return field_for(param)


def _text(_: Param, kind: Kind, none_means: str | None) -> Field:
    return TextField(kind, none_means)


def _choice(_: Param, kind: Kind, none_means: str | None) -> Field:
    assert isinstance(kind, Choice)
    return ChoiceField([*_none(none_means), *((value, value) for value in kind.values)])


def _boolean(_: Param, __: Kind, none_means: str | None) -> Field:
    return SwitchField() if none_means is None else ChoiceField([*_none(none_means), ("yes", True), ("no", False)])


def _sizes(param: Param, kind: Kind, none_means: str | None) -> Field:
    assert isinstance(kind, Sizes)
    return SizesField(kind, none_means, as_list=isinstance(param.default, list | tuple))


def _object(_: Param, kind: Kind, none_means: str | None) -> Field:
    assert isinstance(kind, KerasObject)
    return ObjectField(kind, none_means) if kind.names else TextField(kind, none_means)


def _none(none_means: str | None) -> list[tuple[str, None]]:
    return [] if none_means is None else [(none_means, None)]


_MAKERS: dict[type, Maker] = {Choice: _choice, Boolean: _boolean, Sizes: _sizes, KerasObject: _object}
