import pytest
import tensorflow as tf

from workbench.data.source import DatasetError
from workbench.engine import JobError
from workbench.engine.failures import explain
from workbench.runs import RunStoreError


def _of_tensorflow(kind, text):
    return kind(None, None, text)


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            _of_tensorflow(tf.errors.ResourceExhaustedError, "OOM when allocating tensor with shape[32,64]"),
            "not enough memory",
            "smaller batch",
        ),
        (MemoryError(), "not enough memory", "smaller batch"),
        (
            _of_tensorflow(tf.errors.InternalError, "Dst tensor is not initialized."),
            "not enough memory on the GPU",
            "smaller batch",
        ),
        (
            _of_tensorflow(tf.errors.InternalError, "Failed to launch CUDA kernel"),
            "GPU or its driver failed: .*CUDA kernel",
            "choose the CPU",
        ),
        (OSError(28, "No space left on device"), "disk is full", "Free some space"),
        (PermissionError(13, "Permission denied", "/x"), "Permission denied: '/x'", ""),
        (RunStoreError("/runs: no"), "^/runs: no$", ""),
        (DatasetError("no such data"), "^no such data$", ""),
        (ValueError("first\nsecond"), "^An unexpected ValueError: first$", "log"),
        (KeyError(), "An unexpected KeyError: KeyError", "log"),
    ],
)
def test_failures_in_words(error, message, hint):
    explained = explain(error)
    with pytest.raises(JobError, match=message):
        raise explained
    assert hint in explained.hint
    assert type(error).__name__ in explained.detail
    assert "Traceback" not in explained.message


def test_what_is_explained_already_stays():
    error = JobError("told", "do this")
    assert explain(error) is error
