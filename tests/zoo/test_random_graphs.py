"""At least 2,000 drawn graphs agree with Keras, layer by layer, in what is built and in what is refused."""

from collections import Counter

import keras
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.layers.outcomes import KERAS_TYPES
from tests.zoo.in_keras import disagreements
from tests.zoo.random_graphs import BLOCKS, graphs
from workbench.layers import CATALOGUE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::keras")]

NOT_DRAWN = {
    "keras.layers.Equalization": "Keras sees a cycle where a functional model holds it; refused here",
    "opaque": "has no rules: it gives what was recorded",
    "block_input": "stands for a port inside a block's definition",
    "block_output": "stands for a port inside a block's definition",
}
EXAMPLES = 19
"""Graphs around each layer type; 106 types make over 2,000."""
AROUND_BLOCKS = 5
FEWEST = 2_000
counted: Counter[str] = Counter()
"""Graphs and what is in them; agreed layers by type."""


@pytest.mark.parametrize("kind", [*KERAS_TYPES, *BLOCKS], ids=lambda kind: kind.label)
def test_agrees_with_keras(kind):
    @settings(
        max_examples=AROUND_BLOCKS if kind in BLOCKS else EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def agree(data):
        drawing = data.draw(graphs(kind))
        found.extend(disagreements(drawing, counted))

    found: list[str] = []
    keras.backend.clear_session()
    agree()
    assert not found, "\n".join(found)


def test_every_layer_type_was_in_a_graph():
    """Last in the file: what the graphs before it were made of."""
    covered = {kind.key: counted[kind.key] for kind in CATALOGUE if counted[kind.key]}
    print(f"\n{counted['graphs']:,} graphs, {counted['sound']:,} of them sound")
    print(f"{counted['built']:,} layers built alike, {counted['refused']:,} refused alike")
    print(
        f"{counted['channels_first']:,} graphs with channels first, {counted['unknown']:,} with unknown sizes, "
        f"{counted['merges']:,} with merges, {counted['blocks']:,} with blocks"
    )
    print(f"{len(covered)} types: " + ", ".join(f"{key} {count}" for key, count in sorted(covered.items())))
    assert counted["graphs"] >= FEWEST
    # Operations on tensors come from imported models; `tests/layers/test_operations.py` compares them.
    drawable = {kind.key for kind in CATALOGUE if not kind.key.startswith("keras.ops.")}
    assert drawable - covered.keys() == NOT_DRAWN.keys()
    assert min(counted[what] for what in ("channels_first", "unknown", "merges", "blocks")) >= 100
