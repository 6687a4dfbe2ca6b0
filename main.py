"""Starts the workbench from a clone: `python main.py [FILE]`."""

import sys

from workbench.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
