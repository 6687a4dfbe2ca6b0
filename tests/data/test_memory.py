"""Memory does not grow with the dataset: ten times the images, at most 1.1 times the peak."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.data.image_files import png

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc")
CODE = """
import sys
import numpy as np
from workbench.data.check import check_samples
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.health import check_health
from workbench.data.sources import open_source

source = open_source(sys.argv[1])
division = divide(source, 0.2, 0, 0)
feed = Feed(division, division.split.training, Framing((64, 64, 3)), 0, budget=0)  # streaming: nothing is kept
for start in range(0, len(feed), 32):
    feed.batch(np.arange(start, min(start + 32, len(feed))), 0)
check_samples(source)
check_health(source)
# Not ru_maxrss: that begins at what the parent had when it forked.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def peak(folder):
    done = subprocess.run([sys.executable, "-c", CODE, str(folder)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@needs_proc
@pytest.mark.slow
def test_ten_times_the_images_take_no_more_memory(tmp_path):
    rng = np.random.default_rng(0)
    peaks = []
    for count in (400, 4000):
        folder = tmp_path / str(count)
        for name in ("a", "b"):
            (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            (folder / "ab"[number % 2] / f"{number:06d}.png").write_bytes(png(pixels))
        peaks.append(peak(folder))
    print(f"peak memory with 400 and 4,000 images: {peaks[0] / 1024:.0f} and {peaks[1] / 1024:.0f} MiB")
    assert peaks[1] <= 1.1 * peaks[0]
