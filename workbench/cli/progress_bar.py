"""Progress of work on data for people: a bar with the time left on a terminal, nothing elsewhere."""

import contextlib
import sys
from collections.abc import Iterator

from workbench.cli.door import unguarded
from workbench.data.progress import Progress
from workbench.text import visible


@contextlib.contextmanager
def data_progress() -> Iterator[Progress | None]:
    """Gives the listener for progress; None where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(file=unguarded(sys.stderr), markup=False, emoji=False, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=console, expand=True, transient=True) as bars:

        def report(done: int, total: int | None, what: str) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bars.update(task, visible=False)
                tasks[what] = bars.add_task(visible(what), total=total)
            bars.update(tasks[what], completed=done, total=total, visible=True)

        yield report
