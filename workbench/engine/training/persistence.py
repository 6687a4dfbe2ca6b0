"""Writing a run where the disk may be full or the folder gone: the training waits instead of ending."""

from __future__ import annotations

import errno
from collections.abc import Callable

from workbench.engine.controls import Controls
from workbench.protocol import AnyEvent, Continued, Paused
from workbench.runs import RunStoreError

_HINTS = {
    errno.ENOSPC: "Free some space, then continue.",
    errno.EDQUOT: "Free some space, then continue.",
    errno.ENOENT: "Bring the folder back, then continue.",
    errno.EACCES: "Allow writing there again, then continue.",
    errno.EROFS: "Make the drive writable again, then continue.",
}


def keep_trying(
    write: Callable[[], None], epoch: int, batch: int, report: Callable[[AnyEvent], None], controls: Controls
) -> tuple[bool, bool]:
    """Writes, pausing as long as the file system refuses.

    Returns whether it was written (False: the job is to stop instead), and whether there was a pause.
    """
    paused = False
    while True:
        try:
            write()
            return True, paused
        except (RunStoreError, OSError) as error:
            problem, hint = _told(error)
        event = Paused(epoch=epoch, batch=batch, problem=problem, hint=hint)
        if not controls.hold_for(lambda event=event: report(event)):  # type: ignore[misc]
            return False, True
        paused = True
        report(Continued())


def _told(error: Exception) -> tuple[str, str]:
    system = error if isinstance(error, OSError) else error.__cause__
    code = system.errno if isinstance(system, OSError) else None
    hint = _HINTS.get(code or 0, "Put that right, then continue.")
    if code in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {error}", hint
    return f"The run cannot be written: {error}", hint
