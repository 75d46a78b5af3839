"""Measures how long deciding the causes of 10,000 recorded failures takes on one core: `python benchmarks/causes.py`.

Each failure has a body of its own, so nothing is remembered from the one before. The bound is one second.
"""

from __future__ import annotations

import sys
import time

from corsdoctor.browsers import CHROMIUM
from corsdoctor.causes.investigate import explained
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response

FAILURES = 10_000
JSON, HTML, XML = (
    ("Content-Type", kind) for kind in ("application/json", "text/html; charset=utf-8", "application/xml")
)
NGINX = "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
KINDS = (
    ("GET", 200, (JSON, ("Server", "gunicorn")), '{{"items": [1, 2, 3], "page": {number}}}'),
    ("GET", 404, (JSON, ("Server", "cloudflare"), ("CF-RAY", "1")), '{{"error": "no item {number}"}}'),
    ("GET", 502, (HTML, ("Server", "nginx")), NGINX.format(title="502 Bad Gateway") + "<!-- {number} -->"),
    ("GET", 403, (JSON,), '{{"message": "Missing API key", "request": {number}}}'),
    ("GET", 403, (XML,), "<Error><Code>SignatureDoesNotMatch</Code><RequestId>{number}</RequestId></Error>"),
    ("GET", 200, (HTML,), "<!doctype html><html><title>Shop {number}</title><body><div id=root></div></body></html>"),
    ("PUT", 405, (HTML, ("Allow", "GET")), NGINX.format(title="405 Not Allowed") + "<!-- {number} -->"),
    ("PUT", 400, (("Vary", "Origin"),), "Disallowed CORS origin {number}"),
    ("PUT", 401, (("WWW-Authenticate", "Bearer"), JSON), '{{"error": "unauthorized", "n": {number}}}'),
    ("PUT", 302, (("Location", "/login?next={number}"),), ""),
)  # fmt: skip


def failure(number: int) -> Diagnosis:
    """The recorded failure with this number."""
    method, status, headers, body = KINDS[number % len(KINDS)]
    lines = tuple((name, value.format(number=number)) for name, value in headers)
    response = Response(status, Headers(lines), body=body.format(number=number).encode())
    scenario = Scenario(f"https://api.example/items/{number}", Origin("https", "app.example"), method)
    return diagnose(scenario, CHROMIUM, lambda *_: response)


def main() -> None:
    """Writes the time, and how many of the failures have a cause."""
    failures = [failure(number) for number in range(FAILURES)]
    explained(failures[: len(KINDS)])  # compiles the expressions
    start = time.process_time()
    found = explained(failures)
    seconds = time.process_time() - start
    named = sum(d.failure is not None and d.failure.cause is not None for d in found)
    sys.stdout.write(f"causes of {FAILURES:,} failures: {seconds:.2f} s of one core ({named:,} have a cause)\n")


if __name__ == "__main__":
    main()
