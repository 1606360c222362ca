"""Acme's Flipsnack client: what the rest of Acme imports."""

from acme.client import Client
from acme.errors import (
    AuthError,
    BadRequest,
    FlipsnackError,
    NotFound,
    Processing,
    RateLimited,
    Unavailable,
    UploadError,
)

__all__ = [
    "AuthError",
    "BadRequest",
    "Client",
    "FlipsnackError",
    "NotFound",
    "Processing",
    "RateLimited",
    "Unavailable",
    "UploadError",
]
