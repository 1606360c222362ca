"""What can go wrong: one base class, finer ones by status code."""

from __future__ import annotations


class FlipsnackError(Exception):
    """Flipsnack refused, failed or could not be reached.

    `code` is its status code, None where no readable answer came.
    """

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class AuthError(FlipsnackError):
    """The key is unknown or the signature does not match: 41, 44."""


class BadRequest(FlipsnackError):
    """The request itself is wrong, which is our mistake: 30, 40, 42."""


class NotFound(FlipsnackError):
    """There is no such flipbook, or it is not ours: 43, 46, 47."""


class Processing(FlipsnackError):
    """The flipbook is still being converted: 38."""


class RateLimited(FlipsnackError):
    """Too many requests: 31, 32."""


class Unavailable(FlipsnackError):
    """Flipsnack is down for maintenance or failed: 22, 50."""


class UploadError(FlipsnackError):
    """The file is not taken: 33, 34, 35, 36, 45."""


_BY_CODE: dict[int, type[FlipsnackError]] = {
    **dict.fromkeys((41, 44), AuthError),
    **dict.fromkeys((30, 40, 42), BadRequest),
    **dict.fromkeys((43, 46, 47), NotFound),
    **dict.fromkeys((38,), Processing),
    **dict.fromkeys((31, 32), RateLimited),
    **dict.fromkeys((22, 50), Unavailable),
    **dict.fromkeys((33, 34, 35, 36, 45), UploadError),
}


def error_for(action: str, code: int, message: object) -> FlipsnackError:
    """Return the error for a status code; an unknown code gets the base class."""
    return _BY_CODE.get(code, FlipsnackError)(f"{action}: {code} {message}", code)
