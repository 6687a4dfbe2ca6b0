"""Arguments that several commands share."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

_SIZES = re.compile(r"\d+(x\d+)+")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def add_file(parser: argparse.ArgumentParser) -> None:
    """`FILE`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a project (*.workbench)")


def sizes(text: str) -> list[int]:
    """Argument type of `32x32x1`."""
    if not _SIZES.fullmatch(text) or 0 in (values := [int(size) for size in text.split("x")]):
        raise argparse.ArgumentTypeError(f"expected sizes of 1 or more as in 32x32x1. Received: {text!r}")
    return values


def positive(text: str) -> int:
    """Argument type of a count."""
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number of 1 or more. Received: {text!r}")
    return int(text)


def seed(text: str) -> int:
    """Argument type of a seed."""
    if not text.isascii() or not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to {2**32 - 1}. Received: {text!r}")
    return int(text)


def assignment(text: str) -> tuple[str, str]:
    """Argument type of `key=value`."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"expected key=value. Received: {text!r}")
    return key, value


def json_assignment(text: str) -> tuple[str, Any]:
    """Argument type of `key=value` where the value is JSON, sizes as in 32x32x1, or else text."""
    key, value = assignment(text)
    if _SIZES.fullmatch(value):
        return key, sizes(value)
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value
