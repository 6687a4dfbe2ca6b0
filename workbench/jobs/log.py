"""What an engine prints: the last lines in memory, all of it in a file."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

_LINES = 400


class OutputLog:
    """Drains a process's output in a thread, so that the process never blocks on a full pipe.

    `on_line` hears each line, in that thread.
    """

    def __init__(self, stream: IO[bytes], file: Path | None, on_line: Callable[[str], None] | None = None) -> None:
        self._stream = stream
        self._file = file
        self._on_line = on_line
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._thread = threading.Thread(target=self._drain, name="engine output", daemon=True)
        self._thread.start()

    def tail(self, lines: int = 40) -> str:
        """The last `lines` lines that came."""
        return "\n".join(list(self._lines)[-lines:])

    def finish(self, timeout: float) -> None:
        """Waits until the stream has ended, at most `timeout` seconds: a grandchild may hold it open."""
        self._thread.join(timeout)

    def _drain(self) -> None:
        sink = self._open_sink()
        with self._stream:
            for line in self._stream:
                text = line.decode("utf-8", "replace").rstrip("\n")
                self._lines.append(text)
                if self._on_line is not None:
                    self._on_line(text)
                if sink is not None:
                    sink.write(line)
                    sink.flush()
        if sink is not None:
            sink.close()

    def _open_sink(self) -> IO[bytes] | None:
        if self._file is None:
            return None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            return self._file.open("wb")
        except OSError as error:
            self._lines.append(f"this log is not kept in a file: {error}")
            return None
