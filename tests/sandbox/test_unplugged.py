from __future__ import annotations

import pytest
import requests

from tests.sandbox.api import Api

pytestmark = pytest.mark.slow


def test_unplugged_stand_in_refuses_connections_and_comes_back_at_its_address(
    documented: Api,
) -> None:
    sandbox, address = documented.sandbox, documented.sandbox.api_url
    assert documented.call("GET", "/groups").status_code == 200  # over a connection kept alive
    for _ in range(2):
        sandbox.unplug()
        sandbox.unplug()
        with pytest.raises(requests.ConnectionError, match="refused"):
            documented.call("GET", "/groups")
        sandbox.plug_in()
        sandbox.plug_in()
        assert documented.call("GET", "/groups").status_code == 200
    assert sandbox.api_url == address
    sandbox.unplug()
    sandbox.reset()
    assert requests.get(address, timeout=10).status_code == 404
