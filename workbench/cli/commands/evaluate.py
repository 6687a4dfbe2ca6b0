"""`workbench evaluate RUN...`: how good trained runs are on images that they have not seen."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.cli.commands import evaluate_masks
from workbench.cli.commands.evaluate_images import tell_images
from workbench.cli.errors import InputError
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json, positive
from workbench.cli.output import duration, metric, print_json, print_table
from workbench.cli.progress import progress
from workbench.cli.store import add_runs, chosen_runs
from workbench.evaluation import (
    MaskReport,
    Predictions,
    PredictionsError,
    Report,
    read_mask_predictions,
    read_predictions,
    report_on,
)
from workbench.protocol import CROPS, PARTS, Evaluate, Evaluated, ImagesEvaluated, Member

_MOST_COLUMNS = 25
"""A confusion matrix of more classes is told by its largest mistakes."""
_MISTAKES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN... [--data SPEC] [--part P] [--crops N] [--augmented N] [--weights W] [--json]."""
    parser.epilog = (
        "Several runs are an ensemble: their probabilities are averaged, and the gain over each is told. Without "
        "--part the test images are taken, else the validation images, else all of a dataset without parts. A network "
        "whose target is an image is measured by PSNR and SSIM, beside interpolation of its input."
    )
    parser.add_argument("runs_given", metavar="RUN", nargs="+", help="a run: its name, its path, or `latest`")
    parser.add_argument("--data", metavar="SPEC", default="", help="another dataset than the first run's")
    parser.add_argument("--part", choices=PARTS, default="auto", help="which of the images (default: auto)")
    crops = "average over views: 5 are four corners and the centre, 10 their mirror images too (default: 1, the whole)"
    parser.add_argument("--crops", metavar="N", type=int, choices=CROPS, default=1, help=crops)
    copies = "average over N copies of each image, varied by the project's augmentation"
    parser.add_argument("--augmented", metavar="N", type=positive, default=0, help=copies)
    parser.add_argument("--weights", choices=("best", "last"), default="best", help="of which epoch (default: best)")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluates, and keeps the predictions in the first run's folder."""
    folders = chosen_runs(arguments, arguments.runs_given, arguments.weights)
    command = Evaluate(
        runs=folders,
        data=arguments.data,
        part=arguments.part,
        crops=arguments.crops,
        augmented=arguments.augmented,
        weights=arguments.weights,
    )
    with quietened() as people, progress(people) as report:
        done = run_job(command, report)
    if isinstance(done, ImagesEvaluated):
        tell_images(done, wants_json=arguments.json)
        return 0
    if not isinstance(done, Evaluated):
        raise KeyboardInterrupt
    try:
        _tell(done, arguments.json)
    except PredictionsError as error:
        raise InputError(str(error)) from error
    return 0


def _tell(done: Evaluated, as_json: bool) -> None:
    """Raises PredictionsError."""
    if done.kind == "masks":
        masks = read_mask_predictions(Path(done.path))
        if as_json:
            print_json(evaluate_masks.record(done, masks, MaskReport(masks)))
        else:
            evaluate_masks.print_masks(done, masks, MaskReport(masks))
        return
    predictions = read_predictions(Path(done.path))
    if as_json:
        print_json(record(done, predictions, report_on(predictions)))
    else:
        _print(done, predictions, report_on(predictions))


def record(done: Evaluated, predictions: Predictions, report: Report) -> dict[str, Any]:
    """The result as data. Numbers that cannot be told (no such class in the images) are null."""
    measures = report.by_class
    return {
        "runs": list(predictions.about["runs"]),
        "data": done.data,
        "part": done.part,
        "images": report.images,
        "crops": predictions.about["crops"],
        "augmented": predictions.about["augmented"],
        "metrics": _metrics(report),
        "averages": {
            kind: {"precision": of.precision, "recall": of.recall, "f1": of.f1} for kind, of in report.averages.items()
        },
        "classes": [
            {
                "name": name,
                "precision": float(measures.precision[index]),
                "recall": float(measures.recall[index]),
                "f1": float(measures.f1[index]),
                "support": int(measures.support[index]),
                "roc_auc": float(report.roc_areas[index]),
                "average_precision": float(report.average_precisions[index]),
            }
            for index, name in enumerate(predictions.class_names)
        ],
        "confusion": report.confusion.tolist(),
        "reliability": {
            "confidence": report.reliability.confidence.tolist(),
            "accuracy": report.reliability.accuracy.tolist(),
            "counts": report.reliability.counts.tolist(),
        },
        "members": [_member(member, report) for member in done.members],
        "seconds": done.seconds,
        "notes": list(done.notes),
        "predictions": done.path,
    }


def _metrics(report: Report) -> dict[str, float | None]:
    return {
        "accuracy": report.accuracy,
        "top_5_accuracy": report.top_5,
        "loss": report.loss,
        "macro_f1": report.averages["macro"].f1,
        "macro_roc_auc": report.macro_roc_area,
        "expected_calibration_error": report.calibration_error,
    }


def _member(member: Member, report: Report) -> dict[str, Any]:
    return {
        "run": member.run,
        "name": member.name,
        "accuracy": member.accuracy,
        "loss": member.loss,
        "macro_f1": member.macro_f1,
        "expected_calibration_error": member.calibration_error,
        "gain": report.accuracy - member.accuracy,
    }


def _print(done: Evaluated, predictions: Predictions, report: Report) -> None:
    print(f"{report.images:,} {done.part} images of {done.data}, in {duration(done.seconds)}")
    print(*done.notes, sep="\n", end="\n" if done.notes else "")
    print()
    print_table(("metric", "value"), _metric_rows(report), ("value",))
    if len(done.members) > 1:
        print()
        print_table(
            ("run", "accuracy", "macro F1", "loss", "gain of the ensemble"),
            [_member_row(member, report) for member in done.members],
            ("accuracy", "macro F1", "loss", "gain of the ensemble"),
        )
    print()
    numbers = ("precision", "recall", "F1", "ROC AUC", "images")
    print_table(("class", *numbers), _class_rows(predictions.class_names, report), numbers)
    print()
    _print_confusion(predictions.class_names, report.confusion)
    print(f"\nThe predictions are in {done.path}")


def _metric_rows(report: Report) -> list[tuple[str, str]]:
    names = {
        "accuracy": "accuracy",
        "top_5_accuracy": "top-5 accuracy",
        "loss": "loss (cross-entropy)",
        "macro_f1": "macro F1",
        "macro_roc_auc": "macro ROC AUC",
        "expected_calibration_error": "expected calibration error",
    }
    return [(names[name], _number(value)) for name, value in _metrics(report).items() if value is not None]


def _member_row(member: Member, report: Report) -> tuple[str, ...]:
    values = (member.accuracy, member.macro_f1, member.loss)
    return member.name, *map(_number, values), f"{report.accuracy - member.accuracy:+.4f}"


def _class_rows(names: tuple[str, ...], report: Report) -> list[tuple[str, ...]]:
    of = report.by_class
    columns = zip(names, of.precision, of.recall, of.f1, report.roc_areas, of.support, strict=True)
    rows = [(name, *map(_number, values), f"{support:,}") for name, *values, support in columns]
    for kind, average in report.averages.items():
        values = (average.precision, average.recall, average.f1)
        rows.append((f"[{kind} average]", *map(_number, values), "", f"{report.images:,}"))
    return rows


def _print_confusion(names: tuple[str, ...], confusion: NDArray[np.int64]) -> None:
    if len(names) <= _MOST_COLUMNS:
        print("Confusion matrix: true classes in rows, predicted ones in columns")
        rows = [(name, *(f"{count:,}" for count in row)) for name, row in zip(names, confusion, strict=True)]
        print_table(("true \\ predicted", *names), rows, names)
        return
    print(f"The most frequent mistakes of {len(names):,} classes (--json has the whole matrix)")
    mistakes = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:_MISTAKES]
    places = [divmod(int(place), len(names)) for place in order]
    rows = [(names[i], names[j], f"{mistakes[i, j]:,}") for i, j in places if mistakes[i, j]]
    print_table(("true", "predicted", "images"), rows, ("images",))


def _number(value: float) -> str:
    return "–" if np.isnan(value) else metric(float(value))
