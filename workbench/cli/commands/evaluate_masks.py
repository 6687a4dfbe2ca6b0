"""What `workbench evaluate` says of predicted masks."""

from typing import Any

import numpy as np

from workbench.cli.output import duration, metric, print_table
from workbench.evaluation import MaskPredictions, MaskReport
from workbench.protocol import Evaluated, Member

_WORST = 20
"""Images that are named, from the worst on; the file of predictions has all."""


def record(done: Evaluated, predictions: MaskPredictions, report: MaskReport) -> dict[str, Any]:
    """The result as data. Numbers that cannot be told (no such class in the images) are null."""
    return {
        "runs": list(predictions.about["runs"]),
        "target": "masks",
        "data": done.data,
        "part": done.part,
        "images": len(predictions),
        "metrics": _metrics(report),
        "classes": [
            {
                "name": name,
                "iou": float(report.iou[index]),
                "dice": float(report.dice[index]),
                "accuracy": float(report.accuracy[index]),
                "precision": float(report.precision[index]),
                "pixels": int(report.pixels[index]),
            }
            for index, name in enumerate(predictions.class_names)
        ],
        "confusion": report.confusion.tolist(),
        "worst": [_image(predictions, report, int(row)) for row in report.worst[:_WORST]],
        "members": [_member(member, report) for member in done.members],
        "seconds": done.seconds,
        "notes": list(done.notes),
        "predictions": done.path,
        "masks": predictions.about["masks"],
    }


def print_masks(done: Evaluated, predictions: MaskPredictions, report: MaskReport) -> None:
    """The result as tables."""
    print(f"{len(predictions):,} {done.part} images of {done.data}, in {duration(done.seconds)}")
    print(*done.notes, sep="\n", end="\n" if done.notes else "")
    print()
    names = {"pixel_accuracy": "pixel accuracy", "mean_iou": "mean IoU", "mean_dice": "mean Dice"}
    rows = [(names.get(name, "loss (cross-entropy)"), _number(value)) for name, value in _metrics(report).items()]
    print_table(("metric", "value"), rows, ("value",))
    if len(done.members) > 1:
        print()
        columns = ("IoU", "Dice", "loss", "gain of the ensemble")
        print_table(("run", *columns), [_member_row(member, report) for member in done.members], columns)
    print()
    numbers = ("IoU", "Dice", "accuracy", "precision", "pixels")
    values = zip(report.iou, report.dice, report.accuracy, report.precision, strict=True)
    by_class = [
        (name, *map(_number, measures), f"{pixels:,}")
        for name, measures, pixels in zip(predictions.class_names, values, report.pixels, strict=True)
    ]
    print_table(("class", *numbers), by_class, numbers)
    print()
    _print_worst(predictions, report)
    print(f"\nThe predictions are in {done.path}, the masks in {predictions.about['masks']}")


def _print_worst(predictions: MaskPredictions, report: MaskReport) -> None:
    print("The worst images")
    columns = ("IoU", "Dice", "pixel accuracy", "loss")
    rows = [_image(predictions, report, int(row)) for row in report.worst[: _WORST // 2]]
    table = [(row["key"], *(_number(row[name]) for name in ("iou", "dice", "pixel_accuracy", "loss"))) for row in rows]
    print_table(("image", *columns), table, columns)


def _metrics(report: MaskReport) -> dict[str, float]:
    return {
        "pixel_accuracy": report.pixel_accuracy,
        "mean_iou": report.mean_iou,
        "mean_dice": report.mean_dice,
        "loss": report.loss,
    }


def _image(predictions: MaskPredictions, report: MaskReport, row: int) -> dict[str, Any]:
    return {
        "key": str(predictions.keys[row]),
        "index": int(predictions.indices[row]),
        "iou": float(report.image_iou[row]),
        "dice": float(report.image_dice[row]),
        "pixel_accuracy": float(report.image_accuracy[row]),
        "loss": float(predictions.losses[row]),
    }


def _member(member: Member, report: MaskReport) -> dict[str, Any]:
    return {
        "run": member.run,
        "name": member.name,
        "pixel_accuracy": member.accuracy,
        "mean_iou": member.mean_iou,
        "mean_dice": member.macro_f1,
        "loss": member.loss,
        "gain": report.mean_iou - member.mean_iou,
    }


def _member_row(member: Member, report: MaskReport) -> tuple[str, ...]:
    values = (member.mean_iou, member.macro_f1, member.loss)
    return member.name, *map(_number, values), f"{report.mean_iou - member.mean_iou:+.4f}"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else metric(float(value))
