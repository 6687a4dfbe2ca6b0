"""Which samples can be read, found out without decoding them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, SampleProblem, Source

_AT_ONCE = 256
_THREADS = 4


def check_samples(
    source: Source, progress: Progress | None = None, cancel: Event | None = None, indices: Iterable[int] | None = None
) -> tuple[SampleProblem, ...]:
    """Problems of samples that cannot be read, each with its `index`; quick, since only file headers are looked at.

    What a header does not tell (damaged pixels) `read` still may. Raises Cancelled.
    """
    chosen = list(range(len(source)) if indices is None else indices)
    steps = Steps("Checking images", len(chosen), progress, cancel)
    found: list[SampleProblem] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(chosen), _AT_ONCE):
            some = chosen[start : start + _AT_ONCE]
            found += [problem for problem in pool.map(lambda index: _problem(source, index), some) if problem]
            steps.more(len(some))
    return tuple(found)


def _problem(source: Source, index: int) -> SampleProblem | None:
    try:
        source.check(index)
    except DatasetError as error:
        return problem_of(source, index, error)
    return None


def problem_of(source: Source, index: int, error: DatasetError) -> SampleProblem:
    """What an error of `read` or `check` says of a sample."""
    origin = source.origin(index)
    file = str(origin) if origin else f"{source.name}, {source.keys[index]}"
    return SampleProblem(file, str(error).removeprefix(f"{file}: "), index=index)
