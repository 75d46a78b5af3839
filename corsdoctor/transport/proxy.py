"""The proxy that a user named, and those in the environment that are ignored."""

from __future__ import annotations

import os
from typing import Final

from requests.utils import should_bypass_proxies
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.transport import errors
from corsdoctor.transport.outgoing import Outgoing
from corsdoctor.wire import FailureKind, NoAnswer

SOCKS: Final = ("socks4", "socks4a", "socks5", "socks5h")
_UNCONNECTED = (FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.RESET, FailureKind.UNREACHABLE)


def naming_ignored_proxy(answer: NoAnswer, outgoing: Outgoing) -> NoAnswer:
    """`answer` with the environment variable that names a proxy for the URL, where no connection came about."""
    names = (f"{outgoing.scheme}_proxy", f"{outgoing.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    variable = next((name for name in names if os.environ.get(name)), None)
    if answer.kind not in _UNCONNECTED or variable is None:
        return answer
    if should_bypass_proxies(f"{outgoing.scheme}://{outgoing.where}/", no_proxy=None):
        return answer
    return errors.proxy_ignored(answer, variable)


def proxy_url(text: str) -> Url:
    """The URL of the proxy that `text` names, with curl's defaults: http, port 1080."""
    try:
        url = parse_url(text if "://" in text else f"http://{text}")
    except HTTPError:
        url = parse_url("")
    if url.scheme not in ("http", "https", *SOCKS) or not url.host or url.path not in (None, "", "/"):
        from corsdoctor.wrong_input import shown  # which loads the URL parser

        host = shown(text.rpartition("@")[2])  # never the password
        reason = f"must be [SCHEME://][user:password@]host[:port], with http, https, {', '.join(SOCKS)} as SCHEME"
        raise InvalidScenario(Mistake("proxy", host, reason))
    return url._replace(port=url.port or (443 if url.scheme == "https" else 1080), path=None, query=None)
