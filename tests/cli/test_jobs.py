"""Running engine jobs in the command's own process."""

import os
import signal
from pathlib import Path

import pytest

from workbench import engine, locations
from workbench.cli.errors import InputError
from workbench.cli.jobs import quietened, run_job
from workbench.engine import EngineUnavailable, JobError
from workbench.protocol import Export, Stopped, Train

COMMAND = Train(project="{}", runs="/nowhere")


def test_what_python_and_native_code_print_goes_to_the_log_and_people_are_still_reached(capfd):
    with quietened() as people:
        print("from python")
        os.write(1, b"from native code\n")
        os.write(2, b"a warning\n")
        print("for people", file=people)
    print("afterwards")
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("afterwards\n", "for people\n")
    log = (locations.user_data() / "logs" / "engine-output.log").read_text()
    assert all(part in log for part in ("from python", "from native code", "a warning"))


def test_a_log_that_cannot_be_written_is_done_without(capfd, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(locations, "user_data", lambda: tmp_path / "file")
    with quietened():
        os.write(2, b"a warning\n")
    assert capfd.readouterr().err == ""


def test_ctrl_c_sets_stop_and_a_second_one_ends_at_once(monkeypatch):
    def stops(command, report, stop):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
        return Stopped()

    def hangs(command, report, stop):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        stop.wait(5)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(engine, "run_job", stops)
    assert run_job(COMMAND, print) == Stopped()
    monkeypatch.setattr(engine, "run_job", hangs)
    with pytest.raises(KeyboardInterrupt):
        run_job(COMMAND, print)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_export_that_ctrl_c_broke_was_interrupted_and_has_not_failed(monkeypatch):
    def breaks(command, report, stop):
        stop.set()
        raise JobError("The export does not load and run: KeyboardInterrupt")

    monkeypatch.setattr(engine, "run_job", breaks)
    with pytest.raises(KeyboardInterrupt):
        run_job(Export(run="/r", path="/e"), print)
    with pytest.raises(InputError):
        run_job(COMMAND, print)


def test_a_failed_job_is_one_line_with_its_hint(monkeypatch):
    def fails(command, report, stop):
        raise JobError("The loss is not finite", "Try less.")

    monkeypatch.setattr(engine, "run_job", fails)
    with pytest.raises(InputError, match=r"^The loss is not finite\. Try less\.$"):
        run_job(COMMAND, print)


def test_a_failed_run_is_named(monkeypatch):
    def fails(command, report, stop):
        raise JobError("The disk is full.", "Free some space.", "Traceback ...", run="/r/x")

    monkeypatch.setattr(engine, "run_job", fails)
    with pytest.raises(InputError, match=r"^The disk is full\. Free some space\. The run is /r/x$"):
        run_job(COMMAND, print)


def test_details_are_kept_in_a_file(monkeypatch):
    def fails(command, report, stop):
        raise EngineUnavailable("TensorFlow does not start.", "Install it.", "Traceback ...")

    monkeypatch.setattr(engine, "run_job", fails)
    with pytest.raises(InputError) as caught:
        run_job(COMMAND, print)
    (line,) = caught.value.lines
    start, _, path = line.partition(" Details: ")
    assert start == "TensorFlow does not start. Install it."
    assert Path(path).read_text() == "Traceback ..."
