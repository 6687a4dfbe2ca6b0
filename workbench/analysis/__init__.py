"""Incremental inference over a graph: shapes, weights, multiplications, memory, diagnostics."""
