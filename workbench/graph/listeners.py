"""Who hears of changes, and what becomes of a listener that fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Functions that are called after a change.

    A change that was made stays made: a listener that raises neither undoes it nor keeps the others from hearing of
    it. Its exception goes to `sys.excepthook`, as one that nobody caught: the window shows it, a terminal prints it.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []

    def add(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Call `listener` after every change; returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener, in the order in which they were added."""
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
