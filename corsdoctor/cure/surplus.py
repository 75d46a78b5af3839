"""What a server grants today beyond what one request needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.exposure import SAFELISTED_RESPONSE_NAMES
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, extract_header_list_values
from corsdoctor.fetch.safelist import is_cors_safelisted_method
from corsdoctor.scenario import Credentials
from corsdoctor.wire import Exchange, Kind, Response


@dataclass(frozen=True, slots=True)
class Surplus:
    """A header line that came, and what it does beyond this request's need: the rest of a sentence that it begins."""

    name: str
    value: str
    text: str


def surplus(diagnoses: Iterable[Diagnosis], expose: Iterable[str] = ()) -> tuple[Surplus, ...]:
    """What the answers grant that nobody asked for; each once. `expose` are header names that the script wants."""
    wanted = {name.lower() for name in expose}
    found: dict[Surplus, None] = {}
    for diagnosis in diagnoses:
        include = diagnosis.scenario.credentials is Credentials.INCLUDE
        for exchange in diagnosis.exchanges:
            if exchange.response is not None and "Origin" in exchange.request.headers:
                found.update(dict.fromkeys(_beyond(exchange, exchange.response, wanted, include=include)))
    return tuple(found)


def _beyond(exchange: Exchange, response: Response, wanted: set[str], *, include: bool) -> Iterator[Surplus]:
    headers, asked = response.headers, exchange.request.headers
    origin = headers.get(ACAO)
    if origin == "*":
        yield Surplus(ACAO, origin, f"lets every site read the answer; this request needs only {asked.get('Origin')}")
    if origin == "null" != asked.get("Origin"):
        yield Surplus(ACAO, origin, "lets every sandboxed page of any site read the answer")
    credentials = headers.get(ACAC)
    if credentials == "true" and not include:
        yield Surplus(ACAC, credentials, "allows cookies; this request has none")
    if exchange.kind is Kind.PREFLIGHT:
        methods = [m for m in _listed(ACAM, response) if not is_cors_safelisted_method(m) and m != asked.get(ACRM)]
        if methods:
            yield Surplus(ACAM, headers.get(ACAM) or "", f"allows {_named(methods, 'method')} without need")
        needed = {name.lower() for name in (asked.get(ACRH) or "").split(",")}
        names = [n for n in _listed(ACAH, response) if n.lower() not in needed]
        if names:
            yield Surplus(ACAH, headers.get(ACAH) or "", f"allows {_named(names, 'header')} without need")
        return
    names = [n for n in _listed(ACEH, response) if n.lower() not in wanted | SAFELISTED_RESPONSE_NAMES]
    if names:
        yield Surplus(
            ACEH, headers.get(ACEH) or "", f"shows scripts {_named(names, 'header')}; --expose says what they need"
        )


def _named(names: Iterable[str], what: str) -> str:
    return f"every {what}" if "*" in names else ", ".join(names)


def _listed(name: str, response: Response) -> tuple[str, ...]:
    values = extract_header_list_values(name, response.headers)
    return values if isinstance(values, tuple) else ()
