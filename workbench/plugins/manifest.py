"""A plugin's manifest, `plugin.toml`: what it offers, read without importing any of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from workbench.layers import PLUGGED_IN, Category

FILE = "plugin.toml"
API_VERSION = 1
"""What `workbench.plugins.api` offers; a plugin that needs another number is not loaded."""
_LARGEST = 1 << 20

Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Module = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class ManifestError(Exception):
    """A manifest that cannot be used. The message is one line."""


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[plugin]`."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    version: Line
    api: int
    title: Line
    module: Module
    """The Python file of the plugin, without `.py`."""
    summary: str = ""
    author: str = ""
    licence: str = ""
    keras_module: Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    """The Python file with the Keras layers of its layer types; imported by the engine alone."""


class TypeEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[layer]]` or `[[block]]`: its type in the file is `plugin:<plugin>/<type>`."""

    type: Word
    label: Line
    doc: str = ""
    category: str = ""


class TemplateEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[template]]`."""

    name: Word
    title: Line
    paper: str = ""


class PretrainedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[pretrained]]`: weights for a template."""

    name: Word
    template: Word
    title: Line
    summary: str = ""


class _Record(Struct, frozen=True, forbid_unknown_fields=True):
    plugin: About
    layer: tuple[TypeEntry, ...] = ()
    block: tuple[TypeEntry, ...] = ()
    template: tuple[TemplateEntry, ...] = ()
    pretrained: tuple[PretrainedEntry, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a plugin is and offers."""

    about: About
    layers: tuple[TypeEntry, ...] = ()
    blocks: tuple[TypeEntry, ...] = ()
    templates: tuple[TemplateEntry, ...] = ()
    pretrained: tuple[PretrainedEntry, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What sorts of things it offers."""
        offered = {
            "layer": self.layers,
            "block": self.blocks,
            "template": self.templates,
            "pretrained": self.pretrained,
        }
        return tuple(kind for kind, entries in offered.items() if entries)

    def type_key(self, entry: TypeEntry) -> str:
        """The type of its nodes."""
        return f"{PLUGGED_IN}{self.about.name}/{entry.type}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a plugin's folder. Raises ManifestError; nothing of the plugin is imported."""
    path = folder / FILE
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ManifestError(f"{FILE}: Expected at most {_LARGEST:,} bytes. Received: more")
        table: dict[str, Any] = tomllib.loads(content.decode())
        record = msgspec.convert(table, _Record)
    except OSError as error:
        raise ManifestError(f"{FILE} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ManifestError(f"{FILE}: Expected text in UTF-8. Received: something else") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{FILE}: not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ManifestError(f"{FILE}: {error}") from None
    return _checked(Manifest(record.plugin, record.layer, record.block, record.template, record.pretrained))


def _checked(manifest: Manifest) -> Manifest:
    categories = [category.value for category in Category]
    for entry in manifest.layers:
        if entry.category not in categories:
            raise ManifestError(
                f"{FILE}: layer {entry.type}: Expected one of the categories {', '.join(categories)}. "
                f"Received: {entry.category!r}"
            )
    if manifest.layers and not manifest.about.keras_module:
        raise ManifestError(f"{FILE}: a plugin with layers needs keras_module, the file with their Keras classes")
    names = [entry.type for entry in (*manifest.layers, *manifest.blocks)]
    names += [f"template {entry.name}" for entry in manifest.templates]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ManifestError(f"{FILE}: {twice} is offered twice")
    return manifest
