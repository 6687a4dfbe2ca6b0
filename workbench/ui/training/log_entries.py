"""What the console holds: entries with a time and a level, read from what the engine prints and says."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

KEPT = 5000
"""Entries; the oldest go first."""
_INDENT = " " * 10
_PRINTED_LEVEL = re.compile(r"^(?:\S+ \S+: )?([WEF])(?: |\d{4} )")
"""TensorFlow's `2026-01-01 10:00:00.123: W tensorflow/...` and abseil's `W0000 00:00:17...`."""
_NO_DEVICE = re.compile(
    r"failed call to cuInit|Could not find cuda drivers|Cannot dlopen some GPU libraries|cuda_diagnostics"
)
"""What TensorFlow prints as errors where there is no GPU: the engine says it in words that a person can act on."""
_WARNS = re.compile(r"\b\w*(?:Warning|WARNING)\b:?")
_FAILS = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): |^Traceback |^ERROR\b")


class LogLevel(IntEnum):
    """How much an entry matters. OUTPUT is what the engine process prints."""

    OUTPUT = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


_PREFIX = {LogLevel.OUTPUT: "", LogLevel.INFO: "", LogLevel.WARNING: "Warning: ", LogLevel.ERROR: "Error: "}


@dataclass(frozen=True)
class LogEntry:
    """Lines that belong together."""

    time: datetime
    level: LogLevel
    text: str

    @property
    def lines(self) -> str:
        """The time of day and the text; further lines are indented under the first, errors are called so."""
        first, *others = self.text.splitlines()
        return "\n".join([f"{self.time:%H:%M:%S}  {_PREFIX[self.level]}{first}", *(_INDENT + line for line in others)])

    def shown(self, least: LogLevel, words: str) -> bool:
        """Whether it matters enough and holds every one of some words, whatever their case."""
        text = self.text.casefold()
        return self.level >= least and all(word in text for word in words.casefold().split())


class LogEntries:
    """The newest entries of this session."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=KEPT)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, text: str, level: LogLevel) -> list[LogEntry]:
        """Keeps a text and returns it as entries; printed lines are one each, with the level that they name."""
        now = datetime.now()
        if level is LogLevel.OUTPUT:
            added = [LogEntry(now, printed_level(line), line) for line in text.splitlines() if line.strip()]
        else:
            added = [LogEntry(now, level, text)] if text.strip() else []
        self._entries.extend(added)
        return added

    def shown(self, least: LogLevel, words: str) -> list[LogEntry]:
        """Those that matter enough and hold all the words, oldest first."""
        return [entry for entry in self._entries if entry.shown(least, words)]

    def clear(self) -> None:
        """Forgets all."""
        self._entries.clear()


def printed_level(line: str) -> LogLevel:
    """The level of a line that the engine printed, as far as it says."""
    if _NO_DEVICE.search(line):
        return LogLevel.OUTPUT
    if found := _PRINTED_LEVEL.match(line):
        return LogLevel.WARNING if found[1] == "W" else LogLevel.ERROR
    if _FAILS.search(line):
        return LogLevel.ERROR
    return LogLevel.WARNING if _WARNS.search(line) else LogLevel.OUTPUT
