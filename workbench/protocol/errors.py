"""What can go wrong between an engine and its client."""


class ProtocolError(Exception):
    """The two sides do not understand each other; the message says what was expected and what came."""


class ChannelClosed(Exception):
    """The other side is gone."""
