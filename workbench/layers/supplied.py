"""Output specs from outside the catalogue, for layers and operations that have neither a rule nor a recorded output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from workbench.layers.layer_type import Call
from workbench.layers.spec import TensorSpec

Supplier = Callable[[str, Call], TensorSpec | None]
"""Gives the first output of a node type's key in one call; None where it cannot."""

_SUPPLIER: ContextVar[Supplier | None] = ContextVar("supplier", default=None)


@contextmanager
def specs_from(supplier: Supplier | None) -> Iterator[None]:
    """Within, rules that lack a recorded output ask `supplier` for it."""
    token = _SUPPLIER.set(supplier)
    try:
        yield
    finally:
        _SUPPLIER.reset(token)


def supplied_spec(key: str, call: Call) -> TensorSpec | None:
    """What the supplier gives for a node of type `key`; None without a supplier."""
    supplier = _SUPPLIER.get()
    return None if supplier is None else supplier(key, call)
