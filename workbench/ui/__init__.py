"""The window: the only package with Qt."""

import gc

# A start makes a few hundred thousand objects and next to no garbage: the collector's usual passes over them, one
# after every 700 objects, took a twentieth of it.
gc.set_threshold(50_000)
