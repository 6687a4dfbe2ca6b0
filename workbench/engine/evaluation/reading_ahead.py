"""Reading batches in threads while the network works on those before, never more than a few ahead."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Asked = TypeVar("Asked")
Got = TypeVar("Got")


def ahead(read: Callable[[Asked], Got], wanted: Iterable[Asked]) -> Generator[Got, None, None]:
    """What `read` gives for each, in order. Closing the iterator waits for what is being read and reads no more."""
    workers = max(1, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(workers, "reading")
    pending: deque[Future[Got]] = deque()
    try:
        for asked in wanted:
            pending.append(pool.submit(read, asked))
            if len(pending) > workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
