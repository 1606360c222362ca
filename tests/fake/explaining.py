"""The one complaint about a request, line by line."""

from __future__ import annotations

from pytest_flipsnack.fake.request import Request
from tests.fake.world import World, shows_no_secret

URL = "https://api.flipsnack.com/v1/?apiKey=***&action="


def way_out(code: int) -> str:
    return (
        f"    way out:  correct the request; or, if the test is about this refusal, "
        f"call flipsnack.allow({code}) before the request"
    )


def explanation(request: Request, world: World | None = None) -> list[str]:
    """Return the lines of the one complaint about a request, less the way out, which is checked."""
    world = world or World()
    code = world.code(request)
    [complaint] = world.complaints
    assert shows_no_secret(complaint, request.params.get("signature") or "(none)")
    lines = complaint.split("\n")
    assert lines.pop() == way_out(code)
    return lines
