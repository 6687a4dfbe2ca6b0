"""Finding runs: words and filters as `status:failed dataset:digits accuracy>0.9 epochs>=3 is:starred "two words"`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping

from workbench.project import TrainingSettings
from workbench.runs.entry import RunEntry

Test = Callable[[RunEntry], bool]

_PART = re.compile(
    r'(?P<negated>-?)(?P<key>[\w.]+)(?P<sign>>=|<=|[:=><])(?P<value>"[^"]*"|\S+)|"(?P<quoted>[^"]*)"|(?P<word>\S+)'
)
_NUMBER = re.compile(r"(?P<number>[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?)(?P<unit>[kMG%]?)")
_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "%": 0.01}
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
}
_TEXTS: Mapping[str, Callable[[RunEntry], Iterable[str]]] = {
    "status": lambda run: (run.status,),
    "name": lambda run: (run.name, run.title),
    "project": lambda run: (run.project,),
    "dataset": lambda run: (run.dataset,),
    "device": lambda run: (run.device,),
    "note": lambda run: (run.note,),
    "tag": lambda run: run.tags,
    "sweep": lambda run: (run.sweep,),
    "date": lambda run: (run.created,),
    "optimizer": lambda run: (str(run.settings.get("optimizer", "")),),
}
_STATES: Mapping[str, Test] = {
    "starred": lambda run: run.starred,
    "noted": lambda run: bool(run.note),
    "sweep": lambda run: bool(run.sweep),
}
_NUMBERS: Mapping[str, Callable[[RunEntry], float | None]] = {
    "epochs": lambda run: run.epochs,
    "params": lambda run: run.params,
    "parameters": lambda run: run.params,
    "macs": lambda run: run.macs,
    "seconds": lambda run: run.seconds,
    "size": lambda run: run.size,
    "seed": lambda run: run.seed,
    "trial": lambda run: run.trial,
}
FILTERS = (*(f"{key}:" for key in _TEXTS), *(f"is:{state}" for state in _STATES), *(f"{key}>" for key in _NUMBERS))
"""What can be written besides words, for a tool tip."""


def parse_query(text: str) -> Test:
    """The test that a run passes when every part of the text fits it.

    A part with a name that is no filter, as in `C:folder`, is a word; words are looked for in everything written
    about a run. A leading minus turns a filter round. Never raises.
    """
    tests = [_test(part) for part in _PART.finditer(text)]
    return lambda run: all(test(run) for test in tests)


def _test(part: re.Match[str]) -> Test:
    key, sign = part["key"], part["sign"]
    if key is None:
        return _word(part["quoted"] if part["word"] is None else part["word"])
    test = _filter(key, sign, part["value"].strip('"')) or _has_word(part[0])
    return _not(test) if part["negated"] else test


def _not(test: Test) -> Test:
    return lambda run: not test(run)


def _filter(key: str, sign: str, value: str) -> Test | None:
    if key == "is" and sign == ":" and value in _STATES:
        return _STATES[value]
    if key in _TEXTS and sign in ":=":
        texts, wanted = _TEXTS[key], value.lower()
        return lambda run: any(wanted in text.lower() for text in texts(run))
    number = _NUMBER.fullmatch(value)
    if number is None or (sign == ":" and key not in _NUMBERS):
        return _setting(key, sign, value)
    limit = float(number["number"]) * _UNITS[number["unit"]]
    compare = _SIGNS["=" if sign == ":" else sign]

    def holds(run: RunEntry) -> bool:
        found = _number(run, key)
        return found is not None and compare(found, limit)

    return holds


def _setting(key: str, sign: str, value: str) -> Test | None:
    if sign not in ":=" or not (key in TrainingSettings.__struct_fields__ or key.startswith("node.")):
        return None
    return lambda run: str(run.values.get(key, run.settings.get(key, ""))).lower() == value.lower()


def _number(run: RunEntry, key: str) -> float | None:
    if key in _NUMBERS:
        return _NUMBERS[key](run)
    for name in (f"val_{key}", key):
        if name in run.best:
            return run.best[name]
    value = run.values.get(key, run.settings.get(key))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _word(word: str) -> Test:
    return _not(_has_word(word[1:])) if word.startswith("-") and len(word) > 1 else _has_word(word)


def _has_word(word: str) -> Test:
    wanted = word.lower()
    return lambda run: any(wanted in text.lower() for text in _written(run))


def _written(run: RunEntry) -> Iterable[str]:
    texts = (run.name, run.title, run.project, run.dataset, run.note, run.status, run.problem, run.sweep, run.device)
    return (*texts, *run.tags)
