"""The document: graphs, dataset and training settings, edits, history, file."""
