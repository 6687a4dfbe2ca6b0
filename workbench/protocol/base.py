"""What every command and every event is."""

import msgspec

Metrics = dict[str, float]
"""Metric name to value, as Keras names them: `loss`, `accuracy`, `val_loss`, `val_accuracy`."""


class Command(msgspec.Struct, frozen=True, tag_field="command", kw_only=True):
    """Base of every command; the envelope names the job it starts or concerns."""


class Event(msgspec.Struct, frozen=True, tag_field="event", kw_only=True):
    """Base of every event; the envelope names the job it comes from, "" for the engine itself."""
