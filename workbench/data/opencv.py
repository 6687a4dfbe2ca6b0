"""OpenCV as the rest of the program can live with it: import cv2 from here."""

from __future__ import annotations

import os

import cv2

__all__ = ["cv2"]

# Importing cv2 points Qt to plug-ins and fonts of its own, which child processes would inherit.
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    if "cv2" in os.environ.get(_name, ""):
        del os.environ[_name]

# Whoever works on many images calls from several threads; threads of OpenCV's own would only get in their way.
cv2.setNumThreads(1)
