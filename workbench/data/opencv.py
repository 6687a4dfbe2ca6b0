"""OpenCV without its side effect on Qt.

opencv-python points QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR at plugins of its own when it is imported; Qt, in
this process or in a child, would then load those.
"""

from __future__ import annotations

import os

_QT = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT}

import cv2  # noqa: E402

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["cv2"]

# Whoever works on many images calls from several threads; threads of OpenCV's own would only get in their way.
cv2.setNumThreads(1)
