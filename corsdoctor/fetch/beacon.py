"""navigator.sendBeacon(): the request that it makes. https://w3c.github.io/beacon/#sec-processing-model"""

from __future__ import annotations

from corsdoctor.fetch.main_fetch import SCHEME_HTTP
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.request_constructor import TEXT, URL_PARSES, blob_type
from corsdoctor.fetch.safelist import why_unsafe
from corsdoctor.rule import Field
from corsdoctor.scenario import Mode, Redirect, Scenario
from corsdoctor.url import escape_pipe
from corsdoctor.wire import NO_HEADERS


def beacon_request(scenario: Scenario, params: FetchParams) -> Request | None:
    """The POST request of the beacon, None if the URL is not one that it can have.

    https://w3c.github.io/beacon/#sec-processing-model
    """
    url = scenario.parsed_url
    if url is None:  # 3.
        params.trace.failed(URL_PARSES, ((Field.URL, scenario.url),))
        return None
    if not url.is_http:
        params.trace.failed(SCHEME_HTTP, ((Field.URL, url.href),))
        return None
    headers, mode = NO_HEADERS, Mode.NO_CORS
    content_type = _content_type(scenario)
    if content_type:  # 6.3
        headers = headers.append("Content-Type", content_type)
        if why_unsafe("content-type", content_type, params.profile) is not None:
            mode = Mode.CORS
    preset = PRESETS[scenario.api]
    return Request(  # 7.
        preset.method, (escape_pipe(url) if params.profile.path_escapes_pipe else url,), headers, scenario.body, scenario.origin,
        mode, preset.credentials[0], Redirect.FOLLOW, scenario.api, use_cors_preflight=False, streamed=False,
        cookie=scenario.cookie, certificate=scenario.certificate, user_agent=scenario.user_agent, first_headers=headers,
        client=scenario.client, init=scenario.init._replace(keepalive=True),
    )  # fmt: skip


def _content_type(scenario: Scenario) -> str:
    """The type of the Blob, or of a text; "" where the data has none."""
    if scenario.init.body_type is not None:
        return blob_type(scenario.init.body_type).strip(" ")
    stated = next((value for name, value in scenario.headers if name.lower() == "content-type"), None)
    if stated is not None:
        return blob_type(stated).strip(" ")
    return "" if scenario.body is None else TEXT
