"""Versioned messages between an engine process and its client, and their framing."""

from workbench.protocol.channel import VERSION, Channel, Received, client_channel, engine_channel
from workbench.protocol.commands import AnyCommand, Export, Shutdown, Stop, Train
from workbench.protocol.errors import ChannelClosed, ProtocolError
from workbench.protocol.events import (
    LAST_OF_JOB,
    AnyEvent,
    BatchProgress,
    Device,
    EpochEnd,
    ExportDone,
    Failed,
    Finished,
    Hello,
    Log,
    Metrics,
    Ready,
    Stage,
    Started,
    Stopped,
    Unavailable,
)
from workbench.protocol.framing import FRAME_LIMIT

__all__ = [
    "FRAME_LIMIT",
    "LAST_OF_JOB",
    "VERSION",
    "AnyCommand",
    "AnyEvent",
    "BatchProgress",
    "Channel",
    "ChannelClosed",
    "Device",
    "EpochEnd",
    "Export",
    "ExportDone",
    "Failed",
    "Finished",
    "Hello",
    "Log",
    "Metrics",
    "ProtocolError",
    "Ready",
    "Received",
    "Shutdown",
    "Stage",
    "Started",
    "Stop",
    "Stopped",
    "Train",
    "Unavailable",
    "client_channel",
    "engine_channel",
]
