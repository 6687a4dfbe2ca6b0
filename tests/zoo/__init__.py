"""Every template against real Keras and TensorFlow: slow, run with `-m slow`."""
