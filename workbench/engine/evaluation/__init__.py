"""Judging trained runs: evaluating on datasets, predicting files, and looking into the network."""
