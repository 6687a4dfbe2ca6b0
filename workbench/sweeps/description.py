"""Sweeps in a TOML or JSON file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.project import ProjectFileError, load_project
from workbench.project.file import dumps
from workbench.sweeps.errors import SweepError
from workbench.sweeps.plan import Sweep
from workbench.sweeps.ranges import parse_values

SUFFIXES = (".toml", ".json")
_KEYS = {
    "project": str,
    "template": str,
    "name": str,
    "metric": str,
    "trials": int,
    "seed": int,
    "grid": dict,
    "random": dict,
    "set": dict,
}
_WORDS = {str: "text", int: "a whole number of 0 or more", dict: "a table"}
_LARGEST = 1 << 20


def read_description(path: Path) -> Sweep:
    """A sweep from a file; a project that it names lies beside it. Raises SweepError with file and place."""
    document = _parsed(path)
    for key, value in document.items():
        _check(path, key, value)
    if ("project" in document) == ("template" in document):
        raise SweepError(f"{path}: expected either project or template")
    try:
        project = _project_text(path.parent / document["project"]) if "project" in document else ""
        return Sweep(
            name=document.get("name") or path.stem,
            project=project,
            template=document.get("template", ""),
            grid={key: parse_values(key, value) for key, value in document.get("grid", {}).items()},
            random={key: parse_values(key, value) for key, value in document.get("random", {}).items()},
            fixed=document.get("set", {}),
            trials=document.get("trials", 0),
            seed=document.get("seed", 0),
            metric=document.get("metric", ""),
        )
    except SweepError as error:
        raise SweepError(f"{path}: {error}") from error


def _project_text(path: Path) -> str:
    try:
        loaded = load_project(path)
    except ProjectFileError as error:
        raise SweepError(str(error)) from error
    if loaded.problems:
        raise SweepError(f"{path}: {loaded.problems[0]}")
    return dumps(loaded.project).decode()


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise SweepError(f"{path}: expected the description of a sweep of at most 1 MiB")
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SweepError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise SweepError(f"{path}: not the description of a sweep: {error}") from error
    if not isinstance(document, dict):
        raise SweepError(f"{path}: expected a table of {', '.join(_KEYS)}")
    return document


def _check(path: Path, key: str, value: Any) -> None:
    if key not in _KEYS:
        raise SweepError(f"{path}: {key}: expected one of {', '.join(_KEYS)}")
    kind = _KEYS[key]
    if not isinstance(value, kind) or isinstance(value, bool) or (isinstance(value, int) and value < 0):
        raise SweepError(f"{path}: {key}: expected {_WORDS[kind]}. Received: {value!r}")
