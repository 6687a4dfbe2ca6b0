"""`workbench runs`: what has been trained; searching, noting, deleting."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from workbench.cli.errors import InputError, WrongUsage
from workbench.cli.options import add_json
from workbench.cli.output import duration, print_json, print_table
from workbench.cli.store import add_runs, runs_root
from workbench.project.results import result_words
from workbench.runs import (
    KEPT_DAYS,
    RunEntry,
    RunIndex,
    RunStore,
    RunStoreError,
    Trashed,
    change_labels,
    delete,
    empty_trash,
    parse_query,
    restore,
    trashed_runs,
    write_note,
)
from workbench.runs.search import FILTERS

_COLUMNS = ("run", "status", "created", "epochs", "time", "best", "params", "note")
_RIGHT = ("epochs", "time", "params")
_DAMAGED = "damaged"
_LISTED = {
    "project": "project",
    "created": "created",
    "dataset": "dataset",
    "seed": "seed",
    "device": "device",
    "epochs": "epochs",
    "epochs_planned": "planned",
    "best_epoch": "best_epoch",
    "best": "best",
    "monitor": "monitor",
    "last": "last",
    "seconds": "seconds",
    "settings": "settings",
    "params": "params",
    "macs": "macs",
    "sweep": "sweep",
    "trial": "trial",
    "values": "values",
}
_WRITTEN = ("title", "starred", "tags", "note")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--search TEXT] [--delete RUN]... [--note RUN TEXT] ... [--runs DIR] [--json]."""
    parser.epilog = (
        "Where a command takes RUN: a name from this list, a path, or `latest`. "
        f"--search takes words and filters ({' '.join(FILTERS)} and metrics, as accuracy>0.9). "
        f"Deleted runs can be restored for {KEPT_DAYS} days."
    )
    parser.add_argument("--search", metavar="TEXT", default="", help="only runs that fit, as 'status:failed lenet'")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--delete", metavar="RUN", action="append", help="move a run to the trash; may be repeated")
    change.add_argument("--restore", metavar="RUN", help="take a run out of the trash")
    change.add_argument("--empty-trash", action="store_true", help="remove deleted runs for good")
    change.add_argument("--note", nargs=2, metavar=("RUN", "TEXT"), help="write a note on a run; an empty TEXT removes")
    change.add_argument("--rename", nargs=2, metavar=("RUN", "TITLE"), help="call a run something; its folder stays")
    change.add_argument("--star", metavar="RUN", help="mark a run with a star, or take it off again")
    change.add_argument(
        "--tag", nargs=2, metavar=("RUN", "TAGS"), help="give a run these tags, as a,b; replaces others"
    )
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lists the runs, the newest first; folders that cannot be read as runs come last, with the reason."""
    try:
        for name, act in _CHANGES.items():
            if (given := getattr(arguments, name)) not in (None, False):
                return _tell(arguments, act(RunStore(runs_root(arguments)), given))
        return _list(arguments)
    except RunStoreError as error:
        raise InputError(str(error)) from error


def _list(arguments: argparse.Namespace) -> int:
    root = runs_root(arguments)
    fits = parse_query(arguments.search)
    everything = RunIndex(root).entries()
    runs = [run for run in everything if fits(run)]
    if arguments.json:
        print_json([_record(run) for run in runs])
    elif runs:
        print_table(_COLUMNS, map(_row, runs), _RIGHT)
        print(*(f"{run.folder}: {run.problem}" for run in runs if run.problem), f"The runs are in {root}", sep="\n")
    elif everything:
        print(f"None of the {len(everything):,} runs in {root} fits {arguments.search!r}")
    else:
        print(f"There are no runs in {root} yet; workbench train FILE makes one")
    return 0


def _tell(arguments: argparse.Namespace, done: list[dict[str, str]]) -> int:
    if arguments.json:
        print_json(done)
    else:
        print(*(f"{item['path']}: {item['done']}" for item in done), sep="\n")
    return 0


def _delete(store: RunStore, names: list[str]) -> list[dict[str, str]]:
    folders = dict.fromkeys(store.folder(name) for name in names)
    return [_done(folder.name, delete(folder).folder, "in the trash now") for folder in folders]


def _restore(store: RunStore, name: str) -> list[dict[str, str]]:
    found: list[Trashed] = [
        trashed for trashed in trashed_runs(store.root) if name in (trashed.name, trashed.folder.name)
    ]
    if not found:
        raise RunStoreError(f"{store.root}: there is no deleted run {name!r}")
    return [_done(name, restore(found[0]), "restored")]


def _empty(store: RunStore, _: bool) -> list[dict[str, str]]:
    count = empty_trash(store.root)
    return [_done("", store.root, f"{count} deleted run{'' if count == 1 else 's'} removed for good")]


def _note(store: RunStore, given: list[str]) -> list[dict[str, str]]:
    run = store.resolve(given[0])
    write_note(run.folder, given[1])
    return [_done(run.name, run.folder, "noted" if given[1].strip() else "the note is removed")]


def _rename(store: RunStore, given: list[str]) -> list[dict[str, str]]:
    run = store.resolve(given[0])
    title = " ".join(given[1].split())
    change_labels(run.folder, title=title)
    return [_done(run.name, run.folder, f"is called {title} now" if title else "is called by its folder again")]


def _star(store: RunStore, name: str) -> list[dict[str, str]]:
    run = store.resolve(name)
    (entry,) = (entry for entry in RunIndex(run.folder.parent).entries() if entry.name == run.name)
    change_labels(run.folder, starred=not entry.starred)
    return [_done(run.name, run.folder, "the star is taken off" if entry.starred else "has a star")]


def _tag(store: RunStore, given: list[str]) -> list[dict[str, str]]:
    run = store.resolve(given[0])
    tags = tuple(dict.fromkeys(tag for part in given[1].split(",") if (tag := part.strip())))
    if any(" " in tag for tag in tags):
        raise WrongUsage(f"tags have no spaces in them. Received: {given[1]!r}")
    change_labels(run.folder, tags=tags)
    return [_done(run.name, run.folder, f"tags: {', '.join(tags) or 'none'}")]


def _done(name: str, path: object, what: str) -> dict[str, str]:
    return {"name": name, "path": str(path), "done": what}


_CHANGES: Mapping[str, Callable[[RunStore, Any], list[dict[str, str]]]] = {
    "delete": _delete,
    "restore": _restore,
    "empty_trash": _empty,
    "note": _note,
    "rename": _rename,
    "star": _star,
    "tag": _tag,
}


def _record(run: RunEntry) -> dict[str, Any]:
    facts = {} if run.status == _DAMAGED else {name: getattr(run, field) for name, field in _LISTED.items()}
    written = {name: getattr(run, name) for name in _WRITTEN}
    where = {"name": run.name, "path": str(run.folder), "status": run.status, "problem": run.problem}
    return {**where, **facts, **written, "size": run.size}


def _row(run: RunEntry) -> tuple[str, ...]:
    name = f"* {run.name}" if run.starred else run.name
    if run.status == _DAMAGED:
        return name, run.status, "", "", "", "", "", ""
    return (
        name,
        run.status,
        run.created.replace("T", " ")[:19],
        f"{run.epochs}/{run.planned}",
        duration(run.seconds),
        result_words(run.best, run.monitor),
        "" if run.params is None else f"{run.params:,}",
        " · ".join(filter(None, (run.title, next(iter(run.note.split("\n")), ""), " ".join(run.tags)))),
    )
