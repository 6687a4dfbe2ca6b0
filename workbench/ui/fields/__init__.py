"""Editors drawn from parameter kinds: one widget for each way of writing a value."""

from workbench.ui.fields.factory import field_for, ranged_field_for
from workbench.ui.fields.field import Field, finish_writing

__all__ = ["Field", "field_for", "finish_writing", "ranged_field_for"]
