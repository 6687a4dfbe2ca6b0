"""Images a second of albumentations, on request: run by tests.benchmarks.augmentation in an environment of its own.

Reads the images from an .npy file; for each line on standard input does a round and prints its rate.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import albumentations as A
import cv2
import numpy as np

THREADS = 2


def pipeline() -> A.Compose:
    """The same operations and ranges as ours, each applied every time, in albumentations' fastest words."""
    return A.Compose(
        [
            A.HorizontalFlip(p=1),
            A.Affine(
                rotate=(-15, 15),
                translate_percent={"x": (-0.1, 0.1), "y": (-0.1, 0.1)},
                scale=(0.9, 1.1),
                interpolation=cv2.INTER_LINEAR,
                p=1,
            ),
            A.RandomBrightnessContrast(brightness_limit=0.2, contrast_limit=0.2, p=1),
            A.HueSaturationValue(hue_shift_limit=9, sat_shift_limit=77, val_shift_limit=0, p=1),
        ]
    )


def main() -> None:
    images, count = np.load(sys.argv[1]), int(sys.argv[2])
    pipelines = [pipeline() for _ in range(THREADS)]

    def work(thread: int) -> None:
        for number in range(count // THREADS):
            pipelines[thread](image=images[number % len(images)])

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in sys.stdin:
            start = time.perf_counter()
            list(pool.map(work, range(THREADS)))
            print(count // THREADS * THREADS / (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
