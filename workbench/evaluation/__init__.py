"""Measures of classifiers: labels and probabilities in, numbers out. Plain numpy."""
