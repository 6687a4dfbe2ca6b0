"""Published networks as builders of projects."""
