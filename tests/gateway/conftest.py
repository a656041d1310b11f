"""The addon's `lib` against the local gateway, whose reading of the protocol is independent of ours."""

import pytest

from aliexpress_sandbox import Sandbox


@pytest.fixture(scope="session")
def running():
    with Sandbox("default") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    """A running gateway: two shops with listings and orders, no faults, calls at zero."""
    running.reset()
    return running
