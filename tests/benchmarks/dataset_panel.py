"""The Data panel over the Fashion-MNIST images in the real window: python -m tests.benchmarks.dataset_panel

First page: from choosing the data (images not in memory) until every picture in sight is painted. Further pages: from
Page Down until the same. Events: the longest time the window took for one event while that went on.
"""

import argparse
import subprocess
import sys
import tempfile

from tests.benchmarks.display import virtual_display

SPEC = "/usr/share/datasets/fashion-mnist"
FIRST_TARGET, PAGE_TARGET = 1.0, 100
WINDOW = """
import os, sys, time
from statistics import median
from PySide6.QtCore import QElapsedTimer, QTimer, Qt
from PySide6.QtTest import QTest
from workbench.ui.app import make_application, open_window
spec, pages, tall = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
application = make_application()
window = open_window(None, application)
window.training.warm_up = lambda: None
panel, grid = window.data, window.data.grid
def until(ready, limit=60):
    began = last = time.perf_counter()
    longest = 0
    while not ready():
        application.processEvents()
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        if now - began > limit:
            raise SystemExit("took too long: " + panel.no_images.problem)
        time.sleep(0.0005)
        last = time.perf_counter()
    grid.viewport().repaint()
    return time.perf_counter() - began, longest
until(lambda: window._was_painted)
window.show_panel("data")
window.resizeDocks([window.docks["data"]], [tall], Qt.Orientation.Vertical)
until(lambda: panel.dataset.samples is not None and grid.complete)
print("ready", flush=True)
panel.chooser.chosen.emit(spec)
worked = time.process_time()
shows = lambda: panel.dataset.samples is not None and panel.dataset.samples.spec == spec and grid.complete
first, longest = until(shows)
worked = time.process_time() - worked
shown = len(grid._arrangement.within(grid._top, grid._top + grid._page))
took = []
grid.setFocus()
for _ in range(pages):
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    seconds, event = until(lambda: grid.complete)
    took.append(seconds); longest = max(longest, event)
bar, jumps = grid.verticalScrollBar(), []
for number in range(pages):
    bar.setValue(round(bar.maximum() * ((number * 0.618) % 1)))
    seconds, event = until(lambda: grid.complete)
    jumps.append(seconds); longest = max(longest, event)
print(len(panel.dataset.samples), shown, first, worked, median(took), max(took), median(jumps), max(jumps), longest)
sys.stdout.flush()
os._exit(0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=SPEC, help="a dataset SPEC")
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--tall", type=int, default=500, help="height of the panel in pixels")
    options = parser.parse_args()
    with virtual_display() as environment, tempfile.TemporaryDirectory() as home:
        environment |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        command = [sys.executable, "-c", WINDOW, options.data, str(options.pages), str(options.tall)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    images, shown, *seconds = done.stdout.split("\n")[1].split()
    first, worked, page, slowest_page, jump, slowest_jump, event = map(float, seconds)
    print(f"{int(images):,} images, {shown} a page")
    print(f"first page, opening included: {first:.3f} s, {worked:.3f} s of it work (wanted: under {FIRST_TARGET:g})")
    print(f"next page: median {page * 1000:.0f} ms, slowest {slowest_page * 1000:.0f} (wanted: at most {PAGE_TARGET})")
    print(f"far away:  median {jump * 1000:.0f} ms, slowest {slowest_jump * 1000:.0f} (wanted: at most {PAGE_TARGET})")
    print(f"longest event of the window meanwhile: {event * 1000:.0f} ms")


if __name__ == "__main__":
    main()
