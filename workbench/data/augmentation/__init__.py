"""Varying images for training: operations as data, chance by sample key, as few passes over an image as it takes.

`catalogue` and all that it needs is plain Python: the editor lists operations without loading numpy. `rendering` does
the work, with OpenCV.
"""

from workbench.data.augmentation.catalogue import OPERATIONS

__all__ = ["OPERATIONS"]
