"""What training takes beside what there is: from the settings to the problem."""

import subprocess
from types import SimpleNamespace

import pytest

from workbench.project import LiveAnalysis, Project, Resources, SetTraining, assign, machine, memory_of
from workbench.templates import get_template

GIB = 2**30


def judged(project: Project, free: int | None) -> list[str]:
    analysis = LiveAnalysis(project)
    analysis.use_resources(Resources(memory_of(project, analysis), free))
    return [problem.message for problem in analysis.diagnostics if problem.code == "memory.too-large"]


def with_training(name: str, **settings) -> Project:
    project = get_template(name).build()
    project.apply(SetTraining(assign(project.training, settings)))
    return project


def test_a_batch_that_is_too_large_is_told_with_both_amounts():
    (message,) = judged(with_training("resnet18", batch_size=4096), 8 * GIB)
    assert "8,192 MiB" in message
    assert "batches of 4,096" in message
    assert judged(with_training("resnet18", batch_size=8), 8 * GIB) == []
    assert judged(with_training("resnet18", batch_size=4096), None) == []


def test_two_networks_are_told_of_once():
    (_,) = judged(with_training("dcgan", batch_size=100_000), GIB)


def test_the_problem_follows_what_is_free_and_the_settings():
    project = with_training("lenet5", batch_size=32)
    analysis = LiveAnalysis(project)
    codes = lambda: [problem.code for problem in analysis.diagnostics]  # noqa: E731
    model = memory_of(project, analysis)
    assert not analysis.use_resources(Resources(model, GIB))
    assert codes() == []
    assert analysis.use_resources(Resources(model, 2**20))
    assert codes() == ["memory.too-large"]
    assert analysis.use_resources(Resources(model, GIB))
    assert codes() == []
    project.apply(SetTraining(assign(project.training, {"batch_size": 1_000_000})))
    assert codes() == ["memory.too-large"]


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_halves_activations_and_keeps_weights_and_copies(precision):
    parts = []
    for policy in ("float32", precision):
        project = with_training("vgg16", precision=policy)
        parts.append(memory_of(project, LiveAnalysis(project)).at(32))
    full, mixed = parts
    assert mixed.activations / full.activations == pytest.approx(0.5, abs=0.01)  # the images that come in stay float32
    assert mixed.weights == full.weights * 3 // 2  # float32, and the copy in half of it that is computed with
    assert (mixed.gradients, mixed.slots) == (full.gradients, full.slots)
    assert mixed.total < full.total


def test_the_largest_batch_is_one_that_fits():
    project = with_training("lenet5")
    found = Resources(memory_of(project, LiveAnalysis(project)), GIB // 8)
    assert found.largest_batch is not None
    assert found.fits(found.largest_batch)
    assert not found.fits(found.largest_batch + 1)
    assert Resources(found.model, 1).largest_batch == 0


@pytest.mark.parametrize(
    ("visible", "device", "free"), [(None, "gpu:1", 30), ("1,0", "gpu:1", 6), ("GPU-5a", "gpu:0", None)]
)
def test_the_driver_says_what_is_free_on_a_gpu(monkeypatch, visible, device, free):
    told = SimpleNamespace(stdout="0, 4, 10\n50, 10, 40\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: told)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert machine.free_memory(device) == (free and free * 2**20)


def test_without_a_driver_main_memory_counts(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError("nvidia-smi")

    monkeypatch.setattr(subprocess, "run", missing)
    assert machine.free_memory("gpu:0") is None
    assert abs(machine.most_free_memory() - machine.available_memory()) < GIB
