"""Dataset sources, splits and batches: numpy in, numpy out, seeded."""
