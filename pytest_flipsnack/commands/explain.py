"""`pytest-flipsnack explain`: what a message means, and what to do."""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Iterator

from pytest_flipsnack.commands.files import wrong
from pytest_flipsnack.messages import Message, message_of, messages

_WIDTH = 92


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `explain`."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="of a message, as its last line has it, or its first line in quotes; all names if left out",
    )


def explain(given: argparse.Namespace) -> int:
    """Explain messages; without a name, print what there is. 2 for a name that does not exist."""
    if not given.names:
        for one in messages():
            print(f"{one.name:<22} {one.says}")
        return 0
    found: list[Message] = []
    for name in given.names:
        known = next((one for one in messages() if one.name == name), None)
        known = known or message_of(name.strip().removeprefix("E ").strip().removeprefix(_RAISED))
        if known is None:
            return wrong(_unknown(name))
        found.append(known)
    print("\n\n".join("\n".join(_lines(one)) for one in found))
    return 0


_RAISED = "AssertionError: "


def _lines(one: Message) -> Iterator[str]:
    yield from (one.name, "", f"    {one.says}", "")
    yield from textwrap.wrap(one.means, _WIDTH)
    yield ""
    yield from textwrap.wrap(f"What to do: {one.do}", _WIDTH)
    yield from ("", f"The documentation: docs/{one.page}")


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, [one.name for one in messages()], 1)
    hint = f"did you mean {close[0]}?" if close else "pytest-flipsnack explain prints all"
    return f"{name!r} is neither the name of a message nor its first line; {hint}"
