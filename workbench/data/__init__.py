"""Dataset sources, splits and fitting to the network's input: numpy in, numpy out, seeded."""
