"""The client side of an engine process: starts it, sends commands, reads events. No Qt."""

from workbench.jobs.death import EngineDied, describe_exit
from workbench.jobs.process import EngineProcess, EngineStartError

__all__ = ["EngineDied", "EngineProcess", "EngineStartError", "describe_exit"]
