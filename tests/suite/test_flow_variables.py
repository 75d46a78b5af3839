"""A mistake in a flow is not reported where one in a variable already is."""

from __future__ import annotations

import pytest

from corsdoctor.flow.read import InvalidFlow
from corsdoctor.suite.flow_variables import read_expanded
from corsdoctor.suite.variables import Text


def test_nothing_more_is_reported_where_a_variable_is() -> None:
    given = {"visits": [{"page": "${PAGE}", "requests": [{"url": "https://api.example/"}]}]}
    with pytest.raises(InvalidFlow) as e:
        read_expanded(given, lambda text, _: None if "$" in text else Text(text, text))
    assert e.value.mistakes == ()
