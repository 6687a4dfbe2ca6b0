"""Two processes on one sweep share its trials."""

import json
import subprocess
import sys

_PROGRAM = """
import sys, time
from workbench import cli, engine
from tests.cli.test_sweep import Trainer

class Slow(Trainer):
    def __call__(self, command, report, stop):
        time.sleep(0.15)
        return super().__call__(command, report, stop)

engine.run_job = Slow()
sys.exit(cli.run(sys.argv[1:]))
"""


def test_two_processes_train_every_trial_once(workbench, lenet, tmp_path):
    from workbench.cli.commands.sweep import _plan
    from workbench.sweeps import SweepStore

    rates = ",".join(f"0.{number}" for number in range(1, 9))
    words = ["sweep", str(lenet), "--grid", f"learning_rate={rates}", "--runs", str(tmp_path / "runs")]
    parsed = _arguments(words[1:])
    SweepStore(tmp_path / "runs").begin(_plan(parsed))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *words, "--resume", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    listed = workbench("runs", "--runs", tmp_path / "runs", "--json").document
    assert sorted(run["values"]["learning_rate"] for run in listed) == [float(rate) for rate in rates.split(",")]
    last = [json.loads(out)["trials"] for out, _ in ended]
    assert max(sum(trial["status"] == "finished" for trial in trials) for trials in last) == 8


def _arguments(words):
    import argparse

    from workbench.cli.commands import sweep

    parser = argparse.ArgumentParser()
    sweep.add_arguments(parser)
    return parser.parse_args(words)
