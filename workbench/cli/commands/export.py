"""`workbench export RUN|FILE`: writes a trained model, reloads it and compares."""

import argparse
from pathlib import Path

from workbench.cli.errors import InputError
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json
from workbench.cli.output import print_json
from workbench.cli.progress import progress
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, runs_root
from workbench.project import SUFFIX
from workbench.project.file import dumps
from workbench.protocol import Export, ExportDone
from workbench.runs import RunStore, RunStoreError

_FORMATS = ("savedmodel", "keras", "litert")
_ALIASES = {"tflite": "litert", "saved_model": "savedmodel", ".keras": "keras", ".tflite": "litert"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN|FILE --format F -o PATH [--runs DIR] [--json]."""
    parser.epilog = (
        "The export is reloaded in a clean process and compared with the model over held-out images; "
        "one that differs is not kept, and the exit code is 1."
    )
    parser.add_argument(
        "run",
        metavar="RUN|FILE",
        help="a run (its name, its path, or `latest`), or a project (*.workbench) with weights of its own",
    )
    formats = "savedmodel: a folder for TensorFlow Serving; keras: a .keras file; litert: a .tflite file for phones"
    parser.add_argument("--format", type=export_format, choices=_FORMATS, required=True, help=formats)
    parser.add_argument("-o", "--output", metavar="PATH", type=Path, required=True, help="where to write it")
    add_runs(parser)
    add_json(parser)


def export_format(text: str) -> str:
    """Argument type of a format: whatever its case, and by the usual name of its file."""
    word = text.lower()
    return _ALIASES.get(word, word)


def run(arguments: argparse.Namespace) -> int:
    """Exports the run's best weights, or the project's own."""
    path = Path(arguments.run).expanduser()
    if path.suffix == SUFFIX and not path.is_dir():
        done = export_project(path, arguments.output, arguments.format)
        print_json(record(done, path, arguments.format)) if arguments.json else print(described(done))
        return 0
    try:
        chosen = RunStore(runs_root(arguments)).resolve(arguments.run)
        chosen.weights_file()  # said at once, not when TensorFlow has loaded
    except RunStoreError as error:
        raise InputError(str(error)) from error
    done = export(chosen.folder, arguments.output, arguments.format)
    if arguments.json:
        print_json(record(done, chosen.folder, arguments.format))
    else:
        print(described(done))
    return 0


def export(run: Path, path: Path, format_: str = "savedmodel") -> ExportDone:
    """Exports the best weights of a run's folder. Raises InputError, and KeyboardInterrupt where it was stopped."""
    return _export(Export(run=str(run), path=str(path.expanduser().absolute()), format=format_))


def export_project(file: Path, path: Path, format_: str = "savedmodel") -> ExportDone:
    """Exports a project with its own weights. Raises InputError, and KeyboardInterrupt where it was stopped."""
    opened = open_project(file)
    if opened.errors:
        raise InputError(*opened.error_lines())
    weights = opened.project.weights
    if weights is None or weights.file is None:
        what = "has no weights of its own" if weights is None else "has lost its weights: their file is in no store"
        raise InputError(f"{file}: this project {what}; train it and export the run")
    text, target = dumps(opened.project).decode(), str(path.expanduser().absolute())
    return _export(Export(run="", path=target, format=format_, project=text, weights_file=str(weights.file)))


def _export(command: Export) -> ExportDone:
    with quietened() as people, progress(people) as report:
        done = run_job(command, report)
    if not isinstance(done, ExportDone):
        raise KeyboardInterrupt
    return done


def record(done: ExportDone, run: Path, format_: str) -> dict[str, object]:
    """The result as data; `difference` is the largest absolute one of any output."""
    return {
        "run": str(run),
        "format": format_,
        "path": done.path,
        "difference": done.difference,
        "tolerance": done.tolerance,
        "images": done.images,
    }


def described(done: ExportDone) -> str:
    """The result in a line."""
    kind = "random samples" if done.random else "held-out images"
    return (
        f"{done.path}: written, reloaded and compared over {done.images} {kind}; "
        f"the largest difference is {done.difference:.3g}"
    )
