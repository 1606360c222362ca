from __future__ import annotations

import acme
import pytest

from pytest_flipsnack import Flipsnack

PDF = b"%PDF-1.4 a small document"


@pytest.fixture
def client(flipsnack: Flipsnack) -> acme.Client:
    return acme.Client(api_key=flipsnack.api_key, secret=flipsnack.secret)


@pytest.fixture
def pdf() -> bytes:
    return PDF
