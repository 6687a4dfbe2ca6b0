"""The console script: opens the window, or runs a headless command."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    from workbench.cli import run

    return run(list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
