import pytest

from workbench.engine import JobError, devices
from workbench.engine.devices import AMD, NVIDIA, GpuFacts, _card_vendors, choose, inventory, why_no_gpu
from workbench.protocol import Device

CPU, FIRST, SECOND = Device("cpu", "CPU"), Device("gpu:0", "A"), Device("gpu:1", "B")


def _facts(**changes):
    facts = {"platform": "linux", "cuda_build": True, "visible": None, "driver": True, "cards": frozenset({NVIDIA})}
    return GpuFacts(**{**facts, **changes})


@pytest.mark.parametrize(
    ("facts", "why", "remedy"),
    [
        (_facts(platform="darwin"), "Linux only", "CPU"),
        (_facts(visible=""), "CUDA_VISIBLE_DEVICES hides", "Unset"),
        (_facts(visible="-1"), "CUDA_VISIBLE_DEVICES hides", "Unset"),
        (_facts(driver=False), "driver is not loaded", "nvidia-smi"),
        (_facts(driver=False, cards=frozenset({AMD})), "AMD", "NVIDIA card"),
        (_facts(driver=False, cards=frozenset()), "no NVIDIA driver", "driver"),
        (_facts(cuda_build=False), "built for the CPU only", "cnn-workbench[gpu]"),
        (_facts(), "CUDA's libraries", "cnn-workbench[gpu]"),
        (_facts(visible="0"), "CUDA's libraries", "cnn-workbench[gpu]"),
    ],
)
def test_why_there_is_no_gpu_and_what_to_do(facts, why, remedy):
    told = why_no_gpu(facts)
    assert why in told[0]
    assert remedy in told[1]


@pytest.mark.parametrize(
    ("choice", "devices", "expected"),
    [
        ("auto", (CPU,), CPU),
        ("auto", (CPU, FIRST, SECOND), FIRST),
        ("cpu", (CPU, FIRST), CPU),
        ("gpu", (CPU, FIRST), FIRST),
        ("gpu:1", (CPU, FIRST, SECOND), SECOND),
    ],
)
def test_a_choice_of_device(choice, devices, expected):
    assert choose(choice, devices) == expected


def test_a_device_that_is_not_there_names_those_that_are():
    with pytest.raises(JobError, match="'gpu:1'") as raised:
        choose("gpu:1", (CPU, FIRST))
    assert "cpu, gpu:0" in raised.value.hint


def test_a_chosen_device_is_where_tensorflow_computes(monkeypatch):
    import tensorflow as tf

    # With a GPU in the list the CPU is no longer TensorFlow's own choice, so it has to be told.
    monkeypatch.setattr(devices, "inventory", lambda: devices.Inventory((CPU, FIRST), "", ""))
    with tf.Graph().as_default():
        with devices.placed_on(FIRST):
            assert tf.constant(1.0).device == ""
        with devices.placed_on(CPU):
            assert tf.constant(1.0).device == "/device:CPU:0"


def test_graphics_cards_are_found_among_the_pci_devices(tmp_path):
    for name, kind, vendor in (("a", "0x030000", NVIDIA), ("b", "0x020000", AMD)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "class").write_text(f"{kind}\n")
        (tmp_path / name / "vendor").write_text(f"{vendor}\n")
    assert _card_vendors(tmp_path) == {NVIDIA}


def test_the_inventory_has_a_cpu_and_says_why_where_it_has_no_gpu():
    import tensorflow as tf

    found = inventory()
    assert found.devices[0].id == "cpu"
    assert len(found.devices) - 1 == len(tf.config.list_physical_devices("GPU"))
    assert bool(found.no_gpu) == bool(found.remedy) == (len(found.devices) == 1)
