"""The headless commands, one small module each."""
