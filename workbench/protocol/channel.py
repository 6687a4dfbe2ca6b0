"""Typed messages over frames: an envelope with the protocol version, the job and the message (msgpack)."""

import socket
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from workbench.protocol.commands import AnyCommand
from workbench.protocol.errors import ProtocolError
from workbench.protocol.events import AnyEvent
from workbench.protocol.framing import FRAME_LIMIT, FramedSocket

VERSION = 1
"""Raised when a message changes meaning or loses a field."""

Outgoing = TypeVar("Outgoing")
Incoming = TypeVar("Incoming")


class _Envelope(msgspec.Struct, frozen=True):
    """Read before its body, so that another version is named instead of failing on an unknown message."""

    version: int
    job: str
    body: msgspec.Raw


class Received(NamedTuple, Generic[Incoming]):
    """A message and the id of its job ("" for the engine itself)."""

    job: str
    message: Incoming


class Channel(Generic[Outgoing, Incoming]):
    """One end of a conversation. Any thread may send; one thread receives."""

    def __init__(self, connection: socket.socket, incoming: Any, limit: int = FRAME_LIMIT) -> None:
        self._frames = FramedSocket(connection, limit)
        self._envelope = msgspec.msgpack.Decoder(_Envelope)
        self._body: msgspec.msgpack.Decoder[Incoming] = msgspec.msgpack.Decoder(incoming)

    def send(self, message: Outgoing, job: str = "") -> None:
        """Raises ChannelClosed where the other side is gone, ProtocolError where the message is too long."""
        body = msgspec.Raw(msgspec.msgpack.encode(message))
        self._frames.send(msgspec.msgpack.encode(_Envelope(VERSION, job, body)))

    def receive(self, timeout: float | None = None) -> Received[Incoming] | None:
        """The next message, or None if `timeout` seconds pass first.

        Raises ChannelClosed at the end, ProtocolError where the message is of another version or no message.
        """
        frame = self._frames.receive(timeout)
        return None if frame is None else self._decode(frame)

    def close(self) -> None:
        """Ends the conversation; the other side's `receive` raises ChannelClosed."""
        self._frames.close()

    def _decode(self, frame: bytes) -> Received[Incoming]:
        try:
            envelope = self._envelope.decode(frame)
        except msgspec.DecodeError as error:
            raise ProtocolError(f"what came is not a message: {error}") from error
        if envelope.version != VERSION:
            raise ProtocolError(
                f"the other side speaks version {envelope.version} of the engine protocol, this one "
                f"{VERSION}; restart the program so that both come from one installation"
            )
        try:
            return Received(envelope.job, self._body.decode(envelope.body))
        except msgspec.DecodeError as error:
            raise ProtocolError(f"an unknown or damaged message: {error}") from error


def client_channel(connection: socket.socket) -> Channel[AnyCommand, AnyEvent]:
    """The end that sends commands and receives events."""
    return Channel(connection, AnyEvent)


def engine_channel(connection: socket.socket) -> Channel[AnyEvent, AnyCommand]:
    """The end that receives commands and sends events."""
    return Channel(connection, AnyCommand)
