"""The panels around the canvas. They do not import one another; the main window brings them together."""
