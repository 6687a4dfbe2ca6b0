"""From starting Python to the painted main window, beside `import tensorflow`: python -m tests.benchmarks.startup

Each round measures both, one after the other; the ratio is what counts, not the seconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from statistics import median

from tests.benchmarks.display import virtual_display

TARGET = 0.25
WINDOW = """
import os, sys
from workbench.ui.app import make_application, open_window
application = make_application()
window = open_window(None, application)
def told():
    nodes = len(window.document.graph)
    loaded = [name for name in ("numpy", "pyqtgraph", "tensorflow") if name in sys.modules]
    print(nodes, *loaded, flush=True)
    os._exit(0)
window.painted.disconnect()
window.painted.connect(told)
application.exec()
"""


def seconds(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """How long the command takes, and what it prints."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{command[:2]} ended with {done.returncode}")
    return took, done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ratios = []
    with virtual_display() as environment, tempfile.TemporaryDirectory() as home:
        environment |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages have their bytecode, a clone from then on
        seconds([sys.executable, "-c", WINDOW], environment)
        for number in range(rounds):
            window, told = seconds([sys.executable, "-c", WINDOW], environment)
            library, _ = seconds([sys.executable, "-c", "import tensorflow"], environment)
            ratios.append(window / library)
            print(
                f"round {number + 1}: window {window:.2f} s ({told} nodes), "
                f"import tensorflow {library:.2f} s, ratio {window / library:.3f}"
            )
    print(f"ratio: median {median(ratios):.3f}, highest {max(ratios):.3f} (wanted: at most {TARGET})")


if __name__ == "__main__":
    main()
