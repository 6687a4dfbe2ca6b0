"""CNN Workbench: draw a convolutional network, see what it costs, train it with Keras, take it away."""

__version__ = "0.1.0"
