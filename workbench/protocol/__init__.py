"""Versioned messages between an engine process and its client, and their framing."""
