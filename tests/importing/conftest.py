import pytest

pytestmark = pytest.mark.filterwarnings("ignore:::keras")


@pytest.fixture(scope="session")
def keras():
    return pytest.importorskip("keras")


def difficult_model(keras):
    """Shared layers, operations, call arguments, a nested model called twice, several inputs and outputs."""
    layers, ops = keras.layers, keras.ops
    keras.utils.set_random_seed(3)
    image, vector = keras.Input((8, 8, 3), name="image"), keras.Input((4,), name="vector")
    shared = layers.Dense(4, activation="relu", name="shared")
    first = shared(vector)
    second = shared(first)
    features = layers.Conv2D(4, 3, name="conv")(image)
    features = ops.relu(features + 1) * 2.0 - ops.mean(features, axis=-1, keepdims=True)
    inner = keras.Sequential(
        [layers.Input((6, 6, 4)), layers.Conv2D(2, 3), layers.BatchNormalization(), layers.Flatten()], name="inner"
    )
    flat, flipped = inner(features), inner(ops.flip(features, axis=1))
    joined = ops.concatenate([first, second, flat, flipped], axis=-1)
    joined = layers.Dropout(0.5, name="dropped")(joined, training=True)
    rows = layers.Reshape((-1, 4), name="rows")(features)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(rows, rows, use_causal_mask=True)
    picked = attended[:, 0]
    logits = layers.Dense(3, name="logits")(layers.Identity(name="kept")(joined))
    return keras.Model([image, vector], [logits, 1 - picked], name="difficult")
