import time

import pytest

from workbench.jobs import EngineProcess
from workbench.protocol import Hello


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "engine.log") as process:
        yield process


def receive_until(engine, kinds, timeout=300.0):
    """Events up to the first of `kinds`, that one included."""
    events = []
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        received = engine.receive(1.0)
        if received is not None:
            events.append(received.message)
            if isinstance(received.message, kinds):
                return events
    raise AssertionError(f"no {kinds} within {timeout} s, only {events}")


def hello(engine):
    return receive_until(engine, Hello, 20)[-1]
