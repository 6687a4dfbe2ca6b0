"""`workbench doctor`: what this installation can do, and what to repair."""

import argparse
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import workbench
from workbench import locations
from workbench.cli.display import has_display, why_no_qt
from workbench.cli.options import add_json
from workbench.cli.output import print_json
from workbench.cli.plugins import plugin_line, plugin_record
from workbench.jobs import EngineDied, EngineProcess, EngineStartError
from workbench.plugins import SHELF, user_folder
from workbench.protocol import Hello, ProtocolError, Ready, Unavailable

_PACKAGES = (
    "keras",
    "tensorflow",
    "numpy",
    "opencv-python",
    "networkx",
    "h5py",
    "msgspec",
    "PySide6-Essentials",
    "pyqtgraph",
)
_ENGINE_PATIENCE = 180.0
"""Seconds; the first import of TensorFlow on a cold disk takes a while."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--json]."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Reports; what is broken is part of the report, so the exit code is 0."""
    report = {
        "versions": _versions(),
        "engine": _engine(),
        "window": _window(),
        "plugins": [plugin_record(plugin) for plugin in SHELF.plugins],
        "folders": {name: _folder(path) for name, path in _folders().items()},
    }
    if arguments.json:
        print_json(report)
    else:
        print(*_lines(report), sep="\n")
    return 0


def _versions() -> dict[str, str | None]:
    return {
        "workbench": workbench.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        **{package: _version(package) for package in _PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _engine() -> dict[str, Any]:
    """Starts the engine as the window does: whatever a broken TensorFlow does, it happens to that process."""
    try:
        with EngineProcess() as engine:
            answer = _answer(engine)
    except (EngineStartError, EngineDied, ProtocolError) as error:
        message = str(error)
        answer = Unavailable(message=f"{message[:1].upper()}{message[1:]}.")
    if isinstance(answer, Unavailable):
        return {"works": False, "problem": answer.message, "remedy": answer.hint, "devices": [], "no_gpu": ""}
    devices = [{"id": device.id, "name": device.name, "memory": device.memory} for device in answer.devices]
    return {"works": True, "problem": "", "remedy": answer.remedy, "devices": devices, "no_gpu": answer.no_gpu}


def _answer(engine: EngineProcess) -> Ready | Unavailable:
    while (received := engine.receive(_ENGINE_PATIENCE)) is not None:
        match received.message:
            case Ready() | Unavailable() as answer:
                return answer
            case Hello():
                continue
    return Unavailable(message=f"TensorFlow did not load within {_ENGINE_PATIENCE:.0f} s.", hint="Try again.")


def _window() -> dict[str, Any]:
    return {"display": has_display(), "qt_problem": why_no_qt()}


def _folders() -> dict[str, Path]:
    return {
        "runs": locations.runs_folder(),
        "user data": locations.user_data(),
        "settings": locations.settings_folder(),
        "resources": locations.resources(),
        "plugins": locations.bundled_plugins(),
        "own plugins": user_folder(),
    }


def _folder(path: Path) -> dict[str, Any]:
    """A folder that is not there yet is as writable as the nearest one above it."""
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    return {"path": str(path), "exists": path.is_dir(), "writable": writable}


def _lines(report: dict[str, Any]) -> list[str]:
    engine, window = report["engine"], report["window"]
    devices = [f"{device['id']}: {device['name']}" for device in engine["devices"]]
    lines = [f"{name:20} {number or 'not installed'}" for name, number in report["versions"].items()]
    lines += ["", f"{'training':20} {'works' if engine['works'] else engine['problem']}"]
    lines += [f"{'device':20} {device}" for device in devices]
    if engine["no_gpu"]:
        lines.append(f"{'no GPU':20} {engine['no_gpu']}")
    if engine["remedy"]:
        lines.append(f"{'what to do':20} {engine['remedy']}")
    lines += ["", f"{'display':20} {_display_line(window)}", f"{'Qt':20} {window['qt_problem'] or 'loads'}", ""]
    lines += [f"{'plugin':20} {plugin_line(plugin)}" for plugin in report["plugins"]]
    return lines + [f"{name:20} {_folder_line(folder, name)}" for name, folder in report["folders"].items()]


def _display_line(window: dict[str, Any]) -> str:
    if window["display"]:
        return "there is one"
    return "none (neither DISPLAY nor WAYLAND_DISPLAY is set): the headless commands work, the window does not"


_SHIPPED = frozenset({"resources", "plugins"})


def _folder_line(folder: dict[str, Any], name: str) -> str:
    if name in _SHIPPED:
        return folder["path"] if folder["exists"] else f"{folder['path']}: MISSING; install the program again"
    state = "" if folder["exists"] else " (not there yet)"
    return f"{folder['path']}{state}" if folder["writable"] else f"{folder['path']}: NOT WRITABLE"
