from collections.abc import Iterator

import acme_async
import pytest
import stamina

from pytest_flipsnack import Flipsnack


@pytest.fixture(autouse=True)
def _quiet_stamina() -> Iterator[None]:
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([])
    yield
    stamina.instrumentation.set_on_retry_hooks(hooks)


@pytest.fixture
def client(flipsnack: Flipsnack) -> acme_async.Client:
    return acme_async.Client(flipsnack.api_key, flipsnack.secret)
