"""Commands as parts of a pipeline."""

import subprocess
import sys


def test_a_reader_that_goes_away_is_no_fault(lenet, headless):
    program = f"{sys.executable} -m workbench summary {lenet} | true"
    done = subprocess.run(["bash", "-c", program], env=headless, capture_output=True, text=True)
    assert done.stderr == ""
