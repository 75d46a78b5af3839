"""The page that the requests come from: --page, --page-header, --permission and --address-space."""

from __future__ import annotations

from corsdoctor.cli.options import RequestFlags
from corsdoctor.cli.reading import name_only, read_or_note
from corsdoctor.reading import read_header
from corsdoctor.reading_networks import read_address_space, read_permission
from corsdoctor.request_fields import InvalidPage, client_of, read_page
from corsdoctor.scenario.page import Client
from corsdoctor.url import Origin
from corsdoctor.wrong_input import Mistakes


def read_client(flags: RequestFlags, origin: Origin | None, found: Mistakes) -> Client | None:
    """The page of --page, or the one at the root of --origin; None after a mistake."""
    said = {
        "page_headers": tuple(
            read_or_note(found, "--page-header", text, read_header, name_only(text)) for text in flags.page_header
        ),
        "permissions": [read_or_note(found, "--permission", text, read_permission) for text in flags.permission],
        "address_spaces": [
            read_or_note(found, "--address-space", text, read_address_space) for text in flags.address_space
        ],
    }
    given = {name: list(filter(None, values)) for name, values in said.items() if values}
    typed: dict[str, object] = {name: tuple(v) if name == "page_headers" else dict(v) for name, v in given.items()}
    if flags.page is not None:
        url = read_or_note(found, "--page", flags.page, read_page)
        if url is None:
            return None
        typed["page"] = url
    try:
        return client_of(typed, origin)
    except InvalidPage as e:
        found.add(e.field.option, e.value, str(e))
        return None
