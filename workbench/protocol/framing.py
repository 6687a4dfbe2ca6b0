"""Frames on a stream socket: four bytes of length (big-endian), then the payload."""

import contextlib
import select
import socket
import struct
import threading
import time

from workbench.protocol.errors import ChannelClosed, ProtocolError

_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 16
FRAME_LIMIT = 64 * 1024 * 1024
"""Bytes; arrays travel by file, so a longer frame is a fault of the sender or a stranger's bytes."""


class FramedSocket:
    """Whole frames over a connected stream socket. Any thread may send; one thread receives."""

    def __init__(self, connection: socket.socket, limit: int = FRAME_LIMIT) -> None:
        self._socket = connection
        self._limit = limit
        self._received = bytearray()
        self._sending = threading.Lock()
        self._socket.setblocking(True)

    def send(self, payload: bytes) -> None:
        """Sends one frame. Raises ChannelClosed where nobody listens, ProtocolError where it is too long."""
        if len(payload) > self._limit:
            raise ProtocolError(f"a message of {len(payload):,} bytes is over the limit of {self._limit:,}")
        with self._sending:
            try:
                self._socket.sendall(_LENGTH.pack(len(payload)) + payload)
            except OSError as error:
                raise ChannelClosed(f"the other side closed the channel ({error.strerror or error})") from error

    def receive(self, timeout: float | None = None) -> bytes | None:
        """The next frame, or None if `timeout` seconds pass first; a part of one is kept for the next call.

        Raises ChannelClosed at the end of the stream, ProtocolError on a length over the limit.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (frame := self._take_frame()) is None:
            if not self._wait_readable(deadline):
                return None
            self._read_some()
        return frame

    def close(self) -> None:
        """Ends both directions; a thread that waits in `receive` gets ChannelClosed."""
        with contextlib.suppress(OSError):  # the other side may have gone first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _take_frame(self) -> bytes | None:
        if len(self._received) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._received)
        if length > self._limit:
            raise ProtocolError(f"a frame announces {length:,} bytes; the limit is {self._limit:,}")
        end = _LENGTH.size + length
        if len(self._received) < end:
            return None
        frame = bytes(self._received[_LENGTH.size : end])
        del self._received[:end]
        return frame

    def _wait_readable(self, deadline: float | None) -> bool:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(None if left is None else left * 1000))
        except (OSError, ValueError) as error:
            raise ChannelClosed("the channel is closed") from error

    def _read_some(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except OSError as error:
            raise ChannelClosed(f"the channel broke ({error.strerror or error})") from error
        if not data:
            cut = f" in the middle of a message ({len(self._received)} bytes of it came)"
            raise ChannelClosed("the other side closed the channel" + (cut if self._received else ""))
        self._received += data
