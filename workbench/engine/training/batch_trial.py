"""One step with a batch of a given size: `python -m workbench.engine.training.batch_trial PROJECT`.

Answers a line of JSON when the project is open, and one for each size that it reads from standard input.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from workbench.engine.failures import explain
from workbench.protocol import BatchTrial

OPENED = "images"
_STEPS = 3


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a failure means that the batch was too large."""
    names = {base.__name__ for base in type(error).__mro__}
    return (
        bool(names & {"ResourceExhaustedError", "MemoryError"}) or "dst tensor is not initialized" in str(error).lower()
    )


class Trial:
    """Steps on batches of any size."""

    def __init__(self, setting: Any) -> None:
        self._setting = setting

    def attempt(self, size: int) -> BatchTrial:
        """Trains on a batch of this size and measures; raises what TensorFlow raises where it does not fit."""
        from workbench.engine.training.rate_finder import train_once

        batch = self._setting.batch(size=size)
        train_once(self._setting.model, batch)
        began = time.monotonic()
        for _ in range(_STEPS):
            train_once(self._setting.model, batch)
        return BatchTrial(
            batch_size=size, fits=True, images_per_second=_STEPS * size / max(time.monotonic() - began, 1e-9)
        )


def main(path: str) -> int:
    """Serves until standard input ends."""
    from workbench.engine import runtime

    answers = sys.stdout
    sys.stdout = sys.stderr
    try:
        runtime.load()
        from workbench.engine.reading import read_project
        from workbench.engine.training.setting import set_up

        project = read_project(Path(path).read_bytes(), "the project")
        with set_up(project, "cpu", lambda event: None, threading.Event(), anew=False) as setting:
            assert setting is not None
            _say(answers, {OPENED: len(setting.supplies.training)})
            for line in sys.stdin:
                _say(answers, _answer(Trial(setting), int(line)))
    except Exception as error:
        _say(answers, {"error": explain(error).message})
        return 1
    return 0


def _answer(trial: Trial, size: int) -> dict[str, Any]:
    try:
        done = trial.attempt(size)
    except Exception as error:
        if is_out_of_memory(error):
            return {"fits": False, "images_per_second": 0.0}
        raise
    return {"fits": done.fits, "images_per_second": done.images_per_second}


def _say(answers: Any, answer: dict[str, Any]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
