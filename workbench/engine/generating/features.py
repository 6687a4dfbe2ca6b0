"""What a classifier sees in images: what enters its last layer with weights."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.engine import runtime
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Classifier, build_classifier, open_trained

Features = NDArray[np.float32]


class FeatureNetwork:
    """A trained classifier with two outputs. Raises JobError where nothing comes before its scores."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._framing = classifier.framing()
        tensor = _before_scores(classifier)
        model = keras.Model(classifier.model.inputs, [tensor, classifier.model.outputs[0]])
        self._call = tf.function(lambda images: model(images, training=False), reduce_retracing=True)

    @property
    def batch_size(self) -> int:
        """Images at a time."""
        return self.classifier.batch_size

    def look(self, images: NDArray[np.uint8]) -> tuple[Features, NDArray[np.float32]]:
        """Features and probabilities of images, count x height x width x channels from 0 to 255.

        Maps of features are averaged over their positions.
        """
        framed = np.stack([self._framing.scaled(self._framing.frame(image)) for image in images])
        features, outputs = self._call(tf.constant(framed))
        seen = np.asarray(features, np.float32)
        flat = seen.mean(axis=tuple(range(1, seen.ndim - 1)))
        return flat, self.classifier.head.probabilities(np.asarray(outputs, np.float32))


def open_features(folder: str, device: str) -> FeatureNetwork:
    """A run's classifier, kept for the next job. Raises JobError, RunStoreError or ProjectFileError."""
    trained = open_trained(folder, "best")
    stamp = trained.run.weights_file("best").stat().st_mtime_ns
    made: FeatureNetwork = runtime.kept(
        "classifier", (folder, stamp, device), lambda: FeatureNetwork(build_classifier(trained))
    )
    return made


def _before_scores(classifier: Classifier) -> Any:
    """The input of the last layer with weights on the way to the scores."""
    tensor = classifier.head.tensor
    while True:
        operation, index = tensor._keras_history.operation, tensor._keras_history.node_index
        inputs = operation._inbound_nodes[index].input_tensors
        if not inputs:
            raise JobError(
                f"{classifier.trained.run.name}: the network has no layer before its scores whose features could be "
                "compared.",
                "Choose another classifier.",
            )
        if getattr(operation, "weights", ()):
            return inputs[0]
        tensor = inputs[0]
