"""A class that holds `time.sleep` in every way a class can."""

from __future__ import annotations

import time


class Holder:
    in_class = time.sleep
    in_static = staticmethod(time.sleep)

    def __init__(self) -> None:
        self.in_instance = time.sleep
