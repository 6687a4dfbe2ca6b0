"""The user's library of blocks: a definition with the definitions it uses, one JSON file each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from msgspec import Struct

from workbench import locations
from workbench.graph import Graph
from workbench.project.atomic import write_atomic
from workbench.project.blocks import PREFIX, Block
from workbench.project.catalogue import project_catalogue
from workbench.project.document import Project
from workbench.project.edits import AddBlock, Several
from workbench.project.records import BlockRecord, graph_from, record_graph
from workbench.project.strict_json import JsonError, parse

FORMAT = "cnn-workbench block"
VERSION = 1
SUFFIX = ".json"
MAX_BYTES = 64 * 1024 * 1024
_MOST_IN_A_NAME = 60


class LibraryError(Exception):
    """A block that cannot be saved or loaded. The message is one line with the file and what is wrong."""


class LibraryRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: `main` is the block that was saved, `blocks` holds it and every one it uses."""

    format: str
    version: int
    main: str
    blocks: dict[str, BlockRecord]


@dataclass(frozen=True)
class LibraryBlock:
    """A block from the library, with what it uses."""

    main: str
    blocks: Mapping[str, Block]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.main.removeprefix(PREFIX)


def library_folder() -> Path:
    """Where the user's blocks are kept."""
    return locations.user_data() / "blocks"


def file_for(name: str, folder: Path | None = None) -> Path:
    """The file that a block of this name is saved in."""
    stem = re.sub(r"[^\w\-]+", "_", name).strip("_") or "block"
    return (folder or library_folder()) / f"{stem[:_MOST_IN_A_NAME]}{SUFFIX}"


def listed(folder: Path | None = None) -> list[Path]:
    """The files of the library, by name; empty where there is none."""
    return sorted((folder or library_folder()).glob(f"*{SUFFIX}"))


def save_block(project: Project, key: str, folder: Path | None = None) -> Path:
    """Save a definition, in place of one of the same name. Raises LibraryError."""
    records = block_records(project.blocks, [key])
    path = file_for(key.removeprefix(PREFIX), folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.json.encode(LibraryRecord(FORMAT, VERSION, key, records))
        write_atomic(path, msgspec.json.format(content, indent=2) + b"\n")
    except OSError as error:
        raise LibraryError(f"{path}: Cannot be written: {error.strerror or error}") from None
    return path


def block_records(blocks: Mapping[str, Block], types: Iterable[str]) -> dict[str, BlockRecord]:
    """The definitions that types need, at any depth, as they are written."""
    catalogue = project_catalogue(blocks.values())
    used = sorted(blocks_used(blocks, types))
    return {key: BlockRecord(record_graph(blocks[key].graph, catalogue), blocks[key].settings) for key in used}


def load_block(path: Path) -> LibraryBlock:
    """Read a block. Raises LibraryError."""
    record = _record(path)
    blocks: dict[str, Block] = {}
    for key, block in record.blocks.items():
        graph, problems = graph_from(key, block.graph)
        if problems:
            place, message = problems[0]
            raise LibraryError(f"{path}: blocks.{key}.{place}: {message}")
        blocks[key] = Block(graph, block.settings)
    return LibraryBlock(record.main, blocks)


def _record(path: Path) -> LibraryRecord:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LibraryError(f"{path}: Expected a block of at most {MAX_BYTES >> 20} MiB")
        document = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LibraryError(f"{path}: Cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise LibraryError(f"{path}: byte {error.start}: Expected a text file in UTF-8") from None
    except JsonError as error:
        raise LibraryError(f"{path}: {error.place}: {error.message}" if error.place else f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise LibraryError(f'{path}: Expected a CNN Workbench block ("format": "{FORMAT}")')
    if document.get("version") != VERSION:
        raise LibraryError(f"{path}: version: Expected {VERSION}. Received: {document.get('version')!r}")
    try:
        record = msgspec.convert(document, LibraryRecord)
    except msgspec.ValidationError as error:
        raise LibraryError(f"{path}: {error}") from None
    if record.main not in record.blocks or not all(key.startswith(PREFIX) for key in record.blocks):
        raise LibraryError(f"{path}: main: Expected one of the blocks of the file. Received: {record.main!r}")
    return record


def blocks_used(blocks: Mapping[str, Block], types: Iterable[str]) -> set[str]:
    """The definitions among types and, at any depth, those they are made of."""
    found: set[str] = set()
    waiting = list(types)
    while waiting:
        current = waiting.pop()
        if current in blocks and current not in found:
            found.add(current)
            waiting.extend(node.type for node in blocks[current].graph)
    return found


def add_to(project: Project, block: LibraryBlock) -> tuple[Several, str]:
    """The edit that adds a block, and the type of its instances. Names that are taken get a number."""
    edits, names = add_blocks(project, block.blocks)
    return Several(edits, f"Insert block {block.name}"), names[block.main]


def add_blocks(
    project: Project, blocks: Mapping[str, Block], same: Collection[str] = ()
) -> tuple[tuple[AddBlock, ...], dict[str, str]]:
    """The edits that add definitions, and the names that they get: one that is taken gets a number.

    Those in `same` are the project's own: nothing is added for them.
    """
    names = _free_names(project, [key for key in blocks if key not in same]) | {key: key for key in same}
    return tuple(AddBlock(_renamed(blocks[key], key, names)) for key in blocks if key not in same), names


def _free_names(project: Project, keys: Iterable[str]) -> dict[str, str]:
    taken = set(project.blocks)
    names: dict[str, str] = {}
    for key in keys:
        candidate, number = key, 2
        while candidate in taken:
            candidate, number = f"{key} {number}", number + 1
        names[key] = candidate
        taken.add(candidate)
    return names


def _renamed(block: Block, key: str, names: Mapping[str, str]) -> Block:
    """A copy under its new name, made of blocks under their new names."""
    graph = Graph(names[key])
    with graph.transaction():
        for node in block.graph:
            graph.add_node(replace(node, type=names.get(node.type, node.type)))
        for wire in sorted(block.graph.wires):
            graph.connect(wire)
    return Block(graph, block.settings)
