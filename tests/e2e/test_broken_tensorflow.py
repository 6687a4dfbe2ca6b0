"""Where TensorFlow is missing or broken, commands say so in a line and the rest works."""

import pytest

BREAKAGES = {
    "library": 'raise ImportError("libbroken.so.1: cannot open shared object file")',
    "version": 'raise AttributeError("module numpy has no attribute core")',
    "crash": "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
}


@pytest.fixture
def broken(tmp_path):
    """The search path of an installation whose TensorFlow does what the code says."""

    def install(code):
        (tmp_path / "tensorflow").mkdir()
        (tmp_path / "tensorflow" / "__init__.py").write_text(code)
        return str(tmp_path)

    return install


@pytest.mark.parametrize("how", BREAKAGES)
def test_doctor_works_and_says_what_is_wrong(workbench, broken, how):
    done = workbench("doctor", "--json", PYTHONPATH=broken(BREAKAGES[how]))
    assert (done.code, done.err) == (0, "")
    engine = done.document["engine"]
    assert engine["works"] is False
    assert {"library": "libbroken.so.1", "version": "numpy", "crash": "SIGILL"}[how] in engine["problem"]
    assert done.document["versions"]["workbench"]


def test_train_says_so_in_one_line_and_leaves_no_run(workbench, broken, lenet, tmp_path):
    path = broken(BREAKAGES["library"])
    done = workbench("train", lenet, "--runs", tmp_path / "runs", "--json", PYTHONPATH=path)
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert "TensorFlow" in line
    assert "libbroken.so.1" in line
    assert done.document == {"errors": [line]}
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_rest_works(workbench, broken, lenet):
    path = broken(BREAKAGES["library"])
    assert workbench("check", lenet, PYTHONPATH=path).code == 0
    assert workbench("summary", lenet, "--json", PYTHONPATH=path).document["total_params"] == 61706


def test_doctor_with_everything_in_order(workbench, tmp_path):
    done = workbench("doctor", "--json", WORKBENCH_RUNS=str(tmp_path / "runs"))
    assert (done.code, done.err) == (0, "")
    document = done.document
    assert document["engine"]["works"] is True
    assert document["engine"]["devices"][0]["id"] == "cpu"
    has_gpu = len(document["engine"]["devices"]) > 1
    assert has_gpu != bool(document["engine"]["no_gpu"])
    assert document["window"]["display"] is False
    assert document["folders"]["runs"] == {"path": str(tmp_path / "runs"), "exists": False, "writable": True}
    assert all(document["versions"][name] for name in ("workbench", "python", "keras", "tensorflow"))
