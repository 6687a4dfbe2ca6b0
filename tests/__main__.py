"""`python -m tests [pytest arguments]`: Qt's system libraries where they can be installed, then pytest on all cores."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# What Qt's platform plugins need on a bare Debian, and a display server for the tests of the real window.
QT_SYSTEM_PACKAGES = (
    "libegl1",
    "libgl1",
    "libxkbcommon-x11-0",
    "libdbus-1-3",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-image0",
    "libxcb-render-util0",
    "libxcb-xinerama0",
    "libxcb-shape0",
    "libfontconfig1",
    "xvfb",
)

_MOST_WORKERS = 4
"""Several of them import TensorFlow: half a gigabyte each."""


def main(arguments: list[str]) -> int:
    os.chdir(Path(__file__).parent.parent)
    if _may_install():
        _install_missing()
    import pytest

    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    # A file stays together: what it trains once serves all of its tests.
    return int(pytest.main([f"--numprocesses={workers}", "--dist=loadfile", *arguments]))


def _may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install_missing() -> None:
    """Installs what is missing; where that fails, the GUI tests are skipped and say why."""
    missing = [package for package in QT_SYSTEM_PACKAGES if not _is_installed(package)]
    if not missing:
        return
    print(f"Installing Qt's system libraries: {' '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "-qq", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(f"{' '.join(command[:2])} failed:\n{done.stdout.strip()}", flush=True)


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout == "installed"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
