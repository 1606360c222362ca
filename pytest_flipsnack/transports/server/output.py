"""Lines on stdout and stderr, which nobody may be reading any more."""

from __future__ import annotations

import io
import sys


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


def write_line(text: str, stream: str = "stderr") -> None:
    """Write a line; where it cannot be written, write nothing to that stream from now on.

    What reads the log may have gone, as with `2>&1 | head`, and the disk may be full. That is no
    reason to answer no request. The stream is replaced because Python flushes stdout once more
    when it exits, and would exit with 120.
    """
    to = getattr(sys, stream)
    if to is None:  # started without one
        return
    try:
        to.write(f"{text}\n")
        to.flush()
    except OSError:
        setattr(sys, stream, _Nowhere())
