"""`alchemist serve`: the address that it listens on."""

from __future__ import annotations

import socket

import pytest

from alchemist.cli.serve import listen
from alchemist.core.errors import BadSetting


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_what_connects_waits_from_the_start_and_is_answered_at_once(host: str) -> None:
    with listen(host, 0) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getpeername() == client.getsockname()
                assert accepted.proto == socket.IPPROTO_TCP  # else asyncio leaves Nagle's algorithm on


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(BadSetting, match=f"port {port} of 127.0.0.1 cannot be had: Address already in use") as told:
            listen("127.0.0.1", port)
        assert told.value.hint == "Set ALCHEMIST_PORT or ALCHEMIST_HOST."


def test_a_host_that_is_none_of_this_machine_is_said() -> None:
    with pytest.raises(BadSetting, match="cannot be had"):
        listen("203.0.113.7", 9090)
