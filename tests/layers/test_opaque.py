"""Layers without rules: kept with what was recorded of them."""

from workbench.layers import CATALOGUE, Call, LayerType, TensorSpec, WeightSpec

OPAQUE = CATALOGUE["opaque"]
MASKING = {"class_name": "Masking", "config": {"mask_value": 0.0}, "output_specs": [[[None, 8], "float32"]]}
EMBEDDING = {
    "class_name": "Embedding",
    "config": {"input_dim": 10, "output_dim": 8},
    "output_specs": [[[5, 8], "float16"]],
    "recorded_weights": [["embeddings", [10, 8], True, "float32"], ["count", [], False, "int64"]],
}


def call(params) -> Call:
    return Call(OPAQUE.full_params(params), {"inputs": (TensorSpec((5,), "int32"),)})


def test_gives_what_was_recorded():
    assert isinstance(OPAQUE, LayerType)
    assert OPAQUE.param_problems(MASKING) == []
    assert OPAQUE.shape(call(MASKING)) == TensorSpec((None, 8))
    assert OPAQUE.weights(call(MASKING)) == ()
    assert OPAQUE.shape(call(EMBEDDING)) == TensorSpec((5, 8), "float16")
    assert OPAQUE.weights(call(EMBEDDING)) == (
        WeightSpec("embeddings", (10, 8)),
        WeightSpec("count", (), trainable=False, dtype="int64"),
    )


def test_costs_are_not_known():
    assert isinstance(OPAQUE, LayerType)
    assert OPAQUE.macs(call(MASKING), TensorSpec((5, 8))) is None


def test_records_of_other_forms_are_refused():
    for name, value in (
        ("output_specs", []),
        ("output_specs", [[[5, 8], "complex64"]]),
        ("output_specs", [[5, 8]]),
        ("recorded_weights", [["embeddings", [10, 8], 1, "float32"]]),
        ("config", ["a"]),
        ("config", None),
        ("class_name", ""),
    ):
        assert [problem for problem, _ in OPAQUE.param_problems({**MASKING, name: value})] == [name]
    assert [problem for problem, _ in OPAQUE.param_problems({})] == ["class_name", "config"]
