"""The catalogue: layer types as data, their parameters, shape rules and cost rules."""
