"""How files and answers are parted on the pipes between a pool and its workers."""

from __future__ import annotations

import struct
from typing import Final

REQUEST: Final = struct.Struct("<Qd")
"""Bytes of the file that follows, seconds of budget."""
ANSWER: Final = struct.Struct("<Q")
"""Bytes of the JSON that follows."""
MAX_ANSWER: Final = 4_000_000
