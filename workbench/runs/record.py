"""What `run.json` says about a run."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

RECORD_FORMAT = 1


class RunStatus(StrEnum):
    """How a run stands. `interrupted` is never written: it is a `running` one whose process is gone."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class RateChange(msgspec.Struct, frozen=True):
    """The learning rate that was set by hand while training, from this epoch and batch on; `by_hand` is False where the
    schedule's came back."""

    epoch: int
    batch: int
    rate: float
    by_hand: bool = True


def rate_words(changes: Sequence[RateChange]) -> str:
    """`0.005 from epoch 2 on, the schedule's from epoch 4 on`; "" where nobody changed it."""
    rates = (f"{change.rate:g}" if change.by_hand else "the schedule's" for change in changes)
    return ", ".join(f"{rate} from epoch {change.epoch} on" for rate, change in zip(rates, changes, strict=True))


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A run's facts. Metrics are as Keras names them; `epochs` counts the completed ones, `seconds` their time.

    `settings` are the training settings as plain data, `dataset` is a dataset SPEC and `dataset_digest` the
    content it then had, `problem` is the message of a failed run.
    """

    format: int = RECORD_FORMAT
    name: str
    status: RunStatus
    created: str
    seed: int
    device: str = ""
    versions: dict[str, str] = {}
    settings: dict[str, Any] = {}
    dataset: str = ""
    dataset_digest: str = ""
    class_names: tuple[str, ...] = ()
    train_images: int = 0
    validation_images: int = 0
    epochs_planned: int = 0
    epochs: int = 0
    best: dict[str, float] = {}
    best_epoch: int = 0
    last: dict[str, float] = {}
    seconds: float = 0.0
    problem: str = ""
    branched_from: str = ""
    """Name of the run that this one began from."""
    branched_epoch: int = 0
    resumed: int = 0
    """How often it was taken up again."""
    stopped_early: bool = False
    unreadable: int = 0
    """Images that could not be read and were left out."""
    initial_weights: dict[str, Any] = {}
    """Where the first weights were from (`source`, `digest`), and the names of layers that `kept` all of theirs,
    `partly` some, and that began `new`; empty: from scratch."""
    monitor: str = ""
    """The number that decided which epoch is best."""
    rate_changes: tuple[RateChange, ...] = ()


def encode_record(record: RunRecord) -> bytes:
    """The text of `run.json`."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_record(data: bytes) -> RunRecord:
    """Reads `run.json`. Raises ValueError with the place of what is wrong."""
    try:
        head = msgspec.json.decode(data, type=dict[str, Any])
        version = head.get("format")
        if isinstance(version, int) and version > RECORD_FORMAT:
            raise ValueError(f"written by a newer version (format {version}; this one reads {RECORD_FORMAT})")
        return msgspec.convert(head, RunRecord)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
