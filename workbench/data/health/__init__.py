"""What a dataset holds and what is wrong with it: statistics, and findings with what to do about each."""

from workbench.data.health.findings import Finding, Kind
from workbench.data.health.report import Health, check_health
from workbench.data.health.statistics import Statistics, class_weights, count_images

__all__ = ["Finding", "Health", "Kind", "Statistics", "check_health", "class_weights", "count_images"]
