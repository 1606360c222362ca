"""The share of codes as a badge: an SVG file, and the JSON that badge services read."""

from __future__ import annotations

import json
from html import escape

from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import floor_share
from pytest_flipsnack.coverage.writers import Coverage

_COLOURS = ((100, "#2e7d32", "brightgreen"), (80, "#8a6d00", "yellow"), (0, "#b3261e", "red"))
_LABEL = "flipsnack codes"
_LETTER = 6.6  # pixels, on average, at 11 px
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
  <title>{title}</title>
  <rect width="{left}" height="20" fill="#444"/>
  <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    <text x="{label_x}" y="14">{label}</text>
    <text x="{message_x}" y="14">{message}</text>
  </g>
</svg>
"""


def render(coverage: Coverage) -> str:
    """Return an SVG of 20 pixels' height."""
    message, (_, colour, _) = _message(coverage), _colour(coverage)
    left, right = (round(len(text) * _LETTER) + 12 for text in (_LABEL, message))
    return _SVG.format(
        width=left + right, left=left, right=right, colour=colour, label=_LABEL,
        message=escape(message), title=escape(f"{_LABEL}: {message}"), label_x=left / 2,
        message_x=left + right / 2,
    )  # fmt: skip


def endpoint(coverage: Coverage) -> str:
    """Return the JSON of an endpoint badge, schema version 1."""
    document = {
        "schemaVersion": 1,
        "label": _LABEL,
        "message": _message(coverage),
        "color": _colour(coverage)[2],
        "isError": coverage.verdict.failed,
    }
    return json.dumps(document, indent=2) + "\n"


def _reached(coverage: Coverage) -> int:
    verdict = coverage.verdict
    reached = {
        Level.EXERCISED: verdict.exercised,
        Level.ASSERTED: verdict.asserted,
        Level.VERIFIED: verdict.verified,
    }[verdict.level]
    return len(reached)


def _message(coverage: Coverage) -> str:
    verdict = coverage.verdict
    share = floor_share(_reached(coverage), len(verdict.demanded))
    return f"{share} % {verdict.level.value}"


def _colour(coverage: Coverage) -> tuple[int, str, str]:
    part, whole = _reached(coverage), len(coverage.verdict.demanded)
    return next(row for row in _COLOURS if part * 100 >= row[0] * whole)
