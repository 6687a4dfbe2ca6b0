"""What is known of a dataset without reading it. Plain Python, so that the editor starts without numpy."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Facts:
    """A built-in dataset at a glance."""

    title: str
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    """Height, width and channels of its images."""
    images: int
    source: str


BUILT_IN = {
    "digits": Facts(
        "Handwritten digits",
        tuple("0123456789"),
        (8, 8, 1),
        1797,
        "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI (CC BY 4.0); "
        "the test part, as scikit-learn has it",
    )
}


def known_classes(spec: str) -> int | None:
    """Number of classes of a dataset, or None when only reading it would tell."""
    facts = BUILT_IN.get(spec)
    return len(facts.class_names) if facts else None


def known_steps(spec: str, validation_share: float, batch_size: int, epochs: int) -> int | None:
    """Batches in a whole training, or None when only reading the dataset would tell how many images it has."""
    facts = BUILT_IN.get(spec)
    if facts is None:
        return None
    return ceil(facts.images * (1 - validation_share) / batch_size) * epochs
