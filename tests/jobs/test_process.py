import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.jobs.conftest import hello, receive_until
from workbench.jobs import EngineDied, EngineProcess, EngineStartError
from workbench.protocol import Hello, Stop, Unavailable


def _descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def _gone(pid, within=5.0):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.02)
    return False


def test_the_engine_says_hello_before_tensorflow_is_loaded(engine):
    began = time.monotonic()
    assert hello(engine).pid == engine.pid
    assert time.monotonic() - began < 3
    assert b"tensorflow" not in Path(f"/proc/{engine.pid}/maps").read_bytes()


def test_the_engine_runs_below_the_window(engine):
    hello(engine)
    assert os.getpriority(os.PRIO_PROCESS, engine.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_a_death_names_the_signal_and_the_next_start_works(engine):
    hello(engine)
    first = engine.pid
    os.kill(first, signal.SIGKILL)
    with pytest.raises(EngineDied, match=r"signal SIGKILL \(.* memory runs out\)") as died:
        receive_until(engine, ())
    assert died.value.code == -signal.SIGKILL
    assert not engine.alive
    with pytest.raises(EngineDied):
        engine.send(Stop())
    engine.start()
    assert hello(engine).pid == engine.pid != first


def test_closing_leaves_no_process_and_no_descriptor(tmp_path):
    before, threads = _descriptors(), threading.active_count()
    for _ in range(3):
        with EngineProcess(tmp_path / "engine.log") as engine:
            hello(engine)
            pid = engine.pid
        assert _gone(pid)
        assert not engine.alive
    assert _descriptors() == before
    assert threading.active_count() == threads
    assert engine.close() == 0


def test_an_engine_that_does_not_listen_is_ended_anyway(engine):
    hello(engine)
    os.kill(engine.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert engine.close(patience=0.3) == -signal.SIGKILL
    assert time.monotonic() - began < 5


def test_close_wakes_the_thread_that_receives(engine):
    hello(engine)
    outcome = []

    def listen():
        try:
            while True:
                engine.receive()
        except EngineDied as error:
            outcome.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    engine.close()
    thread.join(5)
    assert outcome


def test_the_engine_ends_when_its_owner_dies(tmp_path):
    script = textwrap.dedent(
        """
        import os, signal
        from workbench.jobs import EngineProcess
        engine = EngineProcess()
        engine.start()
        engine.receive(20)
        print(engine.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    owner = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert owner.returncode == -signal.SIGKILL
    assert _gone(int(owner.stdout))


def _with_package(tmp_path, name, code):
    package = tmp_path / "fakes" / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(code)
    return {**os.environ, "PYTHONPATH": str(package.parent)}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise ImportError('libcudart.so.13: cannot open')", "does not start: libcudart.so.13: cannot open"),
        ("raise AttributeError('numpy is too old')", "does not start: numpy is too old"),
        ("import tensorflow.missing_part", "does not start: No module named 'tensorflow.missing_part'"),
        (
            "raise ModuleNotFoundError('No module named tensorflow', name='tensorflow')",
            "TensorFlow is not installed",
        ),
    ],
)
def test_a_broken_tensorflow_is_told_with_its_repair(tmp_path, code, message):
    environment = _with_package(tmp_path, "tensorflow", code)
    with EngineProcess(environment=environment) as engine:
        events = receive_until(engine, Unavailable, 20)
        assert isinstance(events[0], Hello)
        unavailable = events[-1]
        assert message in unavailable.message
        assert "pip install" in unavailable.hint
        assert "Traceback" not in unavailable.message + unavailable.hint
        assert "Traceback" in unavailable.detail
        with pytest.raises(EngineDied, match="status 1"):
            receive_until(engine, ())


def test_what_the_engine_prints_is_kept_for_the_log(tmp_path):
    log = tmp_path / "logs" / "engine.log"
    environment = _with_package(tmp_path, "tensorflow", "print('a note')\nraise ImportError('no')")
    with EngineProcess(log, environment) as engine:
        receive_until(engine, Unavailable, 20)
        with pytest.raises(EngineDied) as died:
            receive_until(engine, ())
    assert "a note" in died.value.log
    assert "a note" in log.read_text()


def test_a_file_in_the_current_folder_shadows_nothing(tmp_path, monkeypatch):
    (tmp_path / "msgspec.py").write_text("raise SystemExit('the wrong file')")
    monkeypatch.chdir(tmp_path)
    with EngineProcess() as engine:
        hello(engine)


def test_variables_left_by_cv2_do_not_reach_the_engine(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/opencv")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/opencv")
    with EngineProcess() as engine:
        hello(engine)
        environment = Path(f"/proc/{engine.pid}/environ").read_bytes()
    assert b"/opencv" not in environment


def test_a_process_that_cannot_start_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    before = _descriptors()
    with pytest.raises(EngineStartError, match="cannot be started"):
        EngineProcess().start()
    assert _descriptors() == before
