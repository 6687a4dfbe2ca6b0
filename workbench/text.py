"""Text from elsewhere (names, titles, files) in what this program writes: data that does nothing in a reader."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Sequence

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters: they move a terminal's cursor, colour it, or worse
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions: they show text in another order than it has
    "\u2028\u2029\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
_MARKUP = re.compile(r"[\\`*\[\]<>|&~$!#]|(?<![^\W_])_|_(?![^\W_])|(?<=\w):(?=//)|(?<=www)\.|@")


def visible(text: str, keep: str = "") -> str:
    """The text with every character that is not shown, or that changes how others are, as its escape `\\u001b`."""
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as a spreadsheet reads them; None is an empty cell.

    Text that a spreadsheet would take for a formula gets a quote in front, and what is not shown is escaped.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    # An apostrophe goes before every formula's sign, also behind space, and before the escape of a tab.
    formula = value.lstrip()[:1] in tuple(_FORMULA) or value[:1] in ("\t", "\r", "\n")
    return f"'{visible(value)}" if formula and not _is_number(value) else visible(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text == text.strip()


def markdown_text(text: str) -> str:
    """The text in a table or a heading of Markdown: on one line, and no character of it is markup."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", visible(" ".join(text.split())))


def near(word: str, among: Iterable[str]) -> list[str]:
    """Up to three of the known words that are nearest, whatever their case."""
    known = {name.casefold(): name for name in among}
    return [known[name] for name in difflib.get_close_matches(word.casefold(), known, n=3)]


def did_you_mean(word: str, among: Iterable[str]) -> str:
    """`; did you mean a or b?`; "" where no known word is near."""
    close = near(word, among)
    return f"; did you mean {' or '.join(close)}?" if close else ""
