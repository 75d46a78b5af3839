"""Findings of an audit that are known: a file with the [[known]] entries of a policy, which name weaknesses in place of cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from corsdoctor.audit.weaknesses import WEAKNESSES
from corsdoctor.audit.weigh import Weighed
from corsdoctor.reading import matches
from corsdoctor.record import Record
from corsdoctor.suite.case import Known
from corsdoctor.suite.expectation import read_known
from corsdoctor.suite.reader import TABLES, Reader, Terms
from corsdoctor.value_path import Path, Where
from corsdoctor.wrong_input import nearest

_KEYS: Final = ("id", "url", "origin")
_IDS: Final = tuple(weakness.id for weakness in WEAKNESSES)


class KnownFinding(Record):
    """The findings with this id, at this URL, with this origin; `*` in each stands for any text."""

    id: str
    url: str
    origin: str
    known: Known

    def names(self, url: str, finding: Weighed) -> bool:
        """Whether it is about this finding at `url`."""
        pairs = ((self.id, finding.weakness.id), (self.url, url), (self.origin, finding.origin))
        return all(matches(pattern.split("*"), text) for pattern, text in pairs)


def read_known_findings(
    data: object, environment: Mapping[str, str], where: Where, *, terms: Terms = TABLES
) -> tuple[KnownFinding, ...]:
    """The entries of a file whose contents are `data`. Raises InvalidPolicy with all mistakes."""
    reader = Reader(environment, where, terms=terms)
    given = reader.table(data, (), ("known",))
    if "known" not in given and isinstance(data, Mapping):
        reader.wrong((), "has no `known` entries")
    entries = reader.list_(given["known"], ("known",), terms.several) if "known" in given else []
    found = [_entry(reader, entry, ("known", i)) for i, entry in enumerate(entries)]
    reader.raise_if_any()
    return tuple(one for one in found if one is not None)


def _entry(reader: Reader, value: object, path: Path) -> KnownFinding | None:
    given = reader.table(value, path)
    known = read_known(reader, value, path, *_KEYS)
    if "id" not in given and isinstance(value, dict):
        reader.wrong(path, "has no `id`; give the id of a weakness, or a pattern such as *")
    texts = {key: reader.parsed(given[key], (*path, key), str, "a string") for key in _KEYS if key in given}
    id = texts.get("id")
    if id is not None and not any(matches(id.split("*"), one) for one in _IDS):
        reader.wrong((*path, "id"), f"is not a weakness; {nearest(id, _IDS)}", id)
    if id is None or known is None or None in texts.values():
        return None
    return KnownFinding(id, texts.get("url") or "*", texts.get("origin") or "*", known)


def with_known(found: Iterable[Weighed], url: str, known: Iterable[KnownFinding], today: date) -> tuple[Weighed, ...]:
    """The findings at `url`, each with the reason of the first entry that names it."""
    entries = tuple(known)
    return tuple(_marked(one, next((k.known for k in entries if k.names(url, one)), None), today) for one in found)


def _marked(finding: Weighed, known: Known | None, today: date) -> Weighed:
    if known is None:
        return finding
    reason = known.reason if known.until is None else f"{known.reason} (until {known.until})"
    marked = finding._replace(entry="" if known.entry is None else known.entry.where)
    return marked._replace(known=reason) if known.holds(today) else marked._replace(expired=reason)
