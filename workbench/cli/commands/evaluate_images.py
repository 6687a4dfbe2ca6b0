"""What `workbench evaluate` tells of networks that give images."""

from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError
from workbench.cli.output import duration, print_json, print_table
from workbench.evaluation import PredictionsError
from workbench.evaluation.images import ImageResults, read_image_results
from workbench.protocol import ImagesEvaluated

_WORST = 5


def tell_images(done: ImagesEvaluated, *, wants_json: bool) -> None:
    """Prints the measures, beside those of interpolation where there are some. Raises InputError."""
    try:
        results = read_image_results(Path(done.path))
    except PredictionsError as error:
        raise InputError(str(error)) from error
    if wants_json:
        print_json(record(done, results))
        return
    print(f"{done.images:,} {done.part} images of {done.data}, in {duration(done.seconds)}")
    print(*done.notes, sep="\n", end="\n" if done.notes else "")
    print()
    print_table(("images by", "PSNR (dB)", "SSIM"), _rows(done.means), ("PSNR (dB)", "SSIM"))
    print()
    worst = [
        (str(results.keys[row]), f"{results.psnr[row]:.2f}", f"{results.ssim[row]:.4f}") for row in _worst(results)
    ]
    print_table(("worst images", "PSNR (dB)", "SSIM"), worst, ("PSNR (dB)", "SSIM"))
    print(f"\nThe results are in {done.path}")


def record(done: ImagesEvaluated, results: ImageResults) -> dict[str, Any]:
    """The result as data."""
    return {
        "runs": list(results.about["runs"]),
        "data": done.data,
        "part": done.part,
        "images": done.images,
        "metrics": done.means,
        "worst": [{"key": str(results.keys[row]), "psnr": float(results.psnr[row])} for row in _worst(results)],
        "seconds": done.seconds,
        "notes": list(done.notes),
        "results": done.path,
    }


def _rows(means: dict[str, float]) -> list[tuple[str, str, str]]:
    rows = [("the network", f"{means['psnr']:.2f}", f"{means['ssim']:.4f}")]
    if "baseline_psnr" in means:
        rows.append(("interpolation", f"{means['baseline_psnr']:.2f}", f"{means['baseline_ssim']:.4f}"))
    return rows


def _worst(results: ImageResults) -> list[int]:
    return [int(row) for row in results.psnr.argsort(kind="stable")[:_WORST]]
