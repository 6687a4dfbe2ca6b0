"""Every epoch's checkpoint, in a folder that stays within a budget."""

import os
import shutil
from pathlib import Path


def keep_epoch(checkpoint: Path, folder: Path, epoch: int, budget: int) -> list[int]:
    """Keeps a checkpoint as `<epoch>.h5`; the oldest go while all take more than `budget` bytes, but never this one.

    Returns the epochs that went. Raises OSError.
    """
    folder.mkdir(exist_ok=True)
    own = folder / f"{epoch:04d}.h5"
    own.unlink(missing_ok=True)
    try:
        os.link(checkpoint, own)  # the next checkpoint replaces the name, not the file
    except OSError:
        shutil.copyfile(checkpoint, own)
    kept = sorted(folder.glob("[0-9]*.h5"), key=lambda path: int(path.stem))
    total, gone = sum(path.stat().st_size for path in kept), []
    for path in kept:
        if total <= budget or path == own:
            break
        total -= path.stat().st_size
        path.unlink()
        gone.append(int(path.stem))
    return gone
