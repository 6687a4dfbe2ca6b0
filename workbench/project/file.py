"""Reading and writing `*.workbench` files: JSON in a stable order, so that versions can be compared line by line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from workbench.graph import Graph
from workbench.project.atomic import write_atomic
from workbench.project.blocks import PREFIX, Block
from workbench.project.document import Project
from workbench.project.migrations import migrate
from workbench.project.records import (
    FORMAT,
    VERSION,
    BlockRecord,
    GraphRecord,
    ProjectRecord,
    graph_from,
    record_project,
)
from workbench.project.strict_json import JsonError, parse

if TYPE_CHECKING:
    from workbench.project.weights import Weights

R = TypeVar("R")
_plain_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
SUFFIX = ".workbench"
MAX_BYTES = 512 * 1024 * 1024
"""A larger file is no project: it is refused before it is read."""


class ProjectFileError(Exception):
    """A file that cannot be opened or written. The message is one line: file, place, what was expected, what came."""

    def __init__(self, path: Path | str, message: str, place: str = "") -> None:
        super().__init__(f"{path}: {place}: {message}" if place else f"{path}: {message}")
        self.path = path
        self.place = place
        self.message = message


@dataclass(frozen=True)
class FileProblem:
    """A part of a file that was left out so that the rest could be opened."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class Loaded:
    """A project from a file, with what could not be taken from it."""

    project: Project
    problems: tuple[FileProblem, ...] = ()


def dumps(project: Project) -> bytes:
    """The file content: UTF-8 JSON, two spaces, keys in the order of the records."""
    return (_json(msgspec.to_builtins(record_project(project))) + "\n").encode()


def _json(value: Any, indent: str = "") -> str:
    """Indented JSON with a list of plain values on one line: a moved node changes one line, not four."""
    inner = indent + "  "
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if isinstance(value, dict) and value:
        lines = [f"{_plain_json(key)}: {_json(item, inner)}" for key, item in value.items()]
    elif any(isinstance(item, dict | list | tuple) for item in items):
        lines = [_json(item, inner) for item in items]
    else:
        return _plain_json(value)
    brackets = "{}" if isinstance(value, dict) else "[]"
    body = ",\n".join(inner + line for line in lines)
    return f"{brackets[0]}\n{body}\n{indent}{brackets[1]}"


def save_project(project: Project, path: Path) -> None:
    """Write a project, atomically, its weights beside it. Raises ProjectFileError when that cannot be written."""
    try:
        if project.weights is not None:
            # Imported here: it brings numpy and h5py, which most projects do without.
            from workbench.project.weights import WeightStoreError, keep_beside

            try:
                keep_beside(project.weights, path)
            except WeightStoreError as error:
                raise ProjectFileError(path, str(error)) from None
        write_atomic(path, dumps(project))
    except OSError as error:
        raise ProjectFileError(path, f"Cannot be written: {error.strerror or error}") from None


def load_project(path: Path) -> Loaded:
    """Read a project. Raises ProjectFileError when nothing can be opened."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ProjectFileError(path, f"Expected a project of at most {MAX_BYTES >> 20} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise ProjectFileError(path, f"Cannot be read: {error.strerror or error}") from None
    return loads(content, path)


def loads(content: bytes, path: Path | str) -> Loaded:
    """Read a project from the content of a file; `path` is for messages."""
    record = _validated(_current(_parsed(content, path), path), path)
    problems: list[FileProblem] = []

    def graph(name: str, graph_record: GraphRecord, place: str) -> Graph:
        read, found = graph_from(name, graph_record)
        problems.extend(FileProblem(f"{place}.{where}", message) for where, message in found)
        return read

    graphs = [graph(name, graph_record, f"graphs.{name}") for name, graph_record in record.graphs.items()]
    blocks = [
        Block(graph(key, block.graph, f"blocks.{key}.graph"), block.settings) for key, block in record.blocks.items()
    ]
    project = Project(
        graphs,
        record.dataset,
        record.training,
        record.title,
        blocks,
        record.augmentation,
        _weights(record, path),
        record.adversarial or None,
    )
    return Loaded(project, tuple(problems))


def _weights(record: ProjectRecord, path: Path | str) -> Weights | None:
    digest = record.weights
    if not digest:
        return None
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise ProjectFileError(path, f"Expected a SHA-256 of 64 digits. Received: {digest!r}", "weights")
    from workbench.project.weights import locate

    return locate(digest, path if isinstance(path, Path) else None, record.weight_paths, record.weight_source)


def _parsed(content: bytes, path: Path | str) -> dict[str, Any]:
    try:
        document = parse(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProjectFileError(path, "Expected a text file in UTF-8", f"byte {error.start}") from None
    except JsonError as error:
        raise ProjectFileError(path, error.message, error.place) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProjectFileError(path, f'Expected a CNN Workbench project ("format": "{FORMAT}")')
    return document


def _current(document: dict[str, Any], path: Path | str) -> dict[str, Any]:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ProjectFileError(path, f"Expected a whole number of 1 or more. Received: {version!r}", "version")
    if version > VERSION:
        raise ProjectFileError(
            path,
            f"Expected a format version up to {VERSION}. Received: {version}. "
            "A newer CNN Workbench wrote it; open it with that one",
            "version",
        )
    try:
        return migrate(document, VERSION)
    except LookupError as error:
        raise ProjectFileError(path, str(error), "version") from None


def _validated(document: dict[str, Any], path: Path | str) -> ProjectRecord:
    graphs = document.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        raise ProjectFileError(path, "Expected graphs by name, at least one", "graphs")
    blocks = document.get("blocks", {})
    if not isinstance(blocks, dict) or not all(key.startswith(PREFIX) for key in blocks):
        raise ProjectFileError(path, f"Expected blocks by key, each starting with {PREFIX}", "blocks")
    record = _converted({**document, "graphs": {}, "blocks": {}}, ProjectRecord, "", path)
    return msgspec.structs.replace(
        record,
        graphs={name: _converted(graph, GraphRecord, f"graphs.{name}", path) for name, graph in graphs.items()},
        blocks={key: _converted(block, BlockRecord, f"blocks.{key}", path) for key, block in blocks.items()},
    )


def _converted(value: Any, record: type[R], place: str, path: Path | str) -> R:
    """A part of the document as a record. msgspec's own paths do not name the keys of a mapping: `place` does."""
    try:
        return msgspec.convert(value, record)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        where = (place + where.rstrip("`").removeprefix("$")).removeprefix(".")
        raise ProjectFileError(path, what, where or "the top level") from None
