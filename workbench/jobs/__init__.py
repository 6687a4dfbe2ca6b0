"""The client side of an engine process: starts it, sends commands, reads events. No Qt."""
