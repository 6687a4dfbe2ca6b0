"""What all commands and all events have in common."""

import msgspec


class Command(msgspec.Struct, frozen=True, tag_field="command", kw_only=True):
    """Base of every command; the envelope names the job it starts or concerns."""


class Event(msgspec.Struct, frozen=True, tag_field="event", kw_only=True):
    """Base of every event; the envelope names the job it comes from, "" for the engine itself."""
