"""How a run, or a sweep's trial, stands: what each status looks like."""

from __future__ import annotations

SYMBOLS = {
    "running": ("train", "info"),
    "paused": ("pause", "warning"),
    "finished": ("ok", "ok"),
    "stopped": ("stop", "text_muted"),
    "interrupted": ("warning", "warning"),
    "failed": ("error", "error"),
    "damaged": ("error", "error"),
    "waiting": ("layers", "text_muted"),
    "cancelled": ("close", "text_muted"),
}
"""Icon and colour by status."""
BUSY = frozenset({"running", "paused"})
"""Of runs that a process holds."""
