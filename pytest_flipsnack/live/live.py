"""What a live test holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_flipsnack.live.recorder import Recorder
    from pytest_flipsnack.live.recording import LiveReply


class Live:
    """The real account, as the fixture `flipsnack_live`.

    A client with the documented URLs asks the real API by way of the recorder, whatever library
    it uses; `url` and `upload_url` are the recorder's, for a client in another process.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._test = recorder.test

    @property
    def api_key(self) -> str:
        """The key of the account, from `FLIPSNACK_API_KEY`."""
        return self._recorder.account.api_key

    @property
    def secret(self) -> str:
        """The secret of the account, from `FLIPSNACK_SECRET`."""
        return self._recorder.account.secret

    @property
    def url(self) -> str:
        """A base URL of the API on this machine, behind which the real API answers."""
        return self._recorder.url(upload=False)

    @property
    def upload_url(self) -> str:
        """A base URL for uploads likewise."""
        return self._recorder.url(upload=True)

    @property
    def replies(self) -> list[LiveReply]:
        """The replies of this test so far, masked as they will be recorded."""
        replies = self._recorder.recording.replies
        return [reply for reply in replies if reply.test == self._test]
