"""Manifests, discovery and the face that a plugin imports."""
