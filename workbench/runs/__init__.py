"""The run store: one folder a run, with its snapshot, settings, metrics and weights."""
