"""`pytest-flipsnack --print-completion SHELL`: what a shell needs to complete the command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

SHELLS = ("bash", "tcsh", "zsh")


class PrintCompletion(argparse.Action):
    """Prints a script for a shell, by shtab (extra `completion`), and ends the command."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> None:
        try:
            import shtab
        except ImportError:
            parser.error(
                "completion is written by shtab, which is not installed; "
                "pip install 'pytest-flipsnack[completion]'"
            )
        print(shtab.complete(parser, str(values)))
        parser.exit()
