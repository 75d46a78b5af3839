"""Which quirk of a browser decided: the field of its profile that changes the result for the same responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.browsers.profile import Profile
from corsdoctor.browsers.quirks import QUIRKS
from corsdoctor.cure.answers import Answers
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.record import Record
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Kind

_ONE: Final = {"s": "s", "does": "does", "has": "has", "its": "its"}
_SEVERAL: Final = {"s": "", "does": "do", "has": "have", "its": "their"}


@dataclass(frozen=True, slots=True)
class Quirk:
    """`field` is one of Profile's, `browser` the title of a browser for which it decided.

    `rule` is the id of the rule that blocks the request by the Standard, None if none does.
    """

    browser: str
    field: str
    rule: str | None = None

    @property
    def case(self) -> str:
        """The recorded case that shows the quirk, "" if there is none."""
        return QUIRKS[self.field][1]

    def sentence(self, browsers: Sequence[str] = ()) -> str:
        """What the browser does, without a full stop; `browsers` names all that do, if there are several."""
        verbs = _SEVERAL if len(browsers) > 1 else _ONE
        return QUIRKS[self.field][0].format(browser=listed(browsers or (self.browser,)), **verbs)


def deciding_quirks(diagnoses: tuple[Diagnosis, ...]) -> Iterator[Quirk]:
    """The quirks for which browsers differ from the Standard with this request.

    Each field in which a browser differs is set to what the Standard says, and the same responses are replayed: if that
    changes the result, the field decided.
    """
    scenario = diagnoses[0].scenario
    answers = Answers(diagnoses, scenario.api)

    def replayed(profile: Profile) -> Result:
        return result(diagnose(scenario, profile, answers.sending({})))

    by_standard = replayed(STANDARD)
    for diagnosis in diagnoses:
        profile = diagnosis.profile
        seen = replayed(profile)  # not the diagnosis itself: a request that was not sent is assumed to succeed
        if seen != by_standard:
            for field, value in STANDARD._asdict().items():
                other = field in QUIRKS and getattr(profile, field) != value
                if other and replayed(profile._replace(**{field: value})) != seen:
                    yield Quirk(profile.title, field, by_standard.rule)


class Result(Record):
    """What is compared: the verdict, the rule that decided, the readable headers, and which requests were made."""

    verdict: Verdict
    rule: str | None
    readable: tuple[str, ...] | None
    requests: tuple[tuple[Kind, str, str], ...]


def result(diagnosis: Diagnosis) -> Result:
    """The result of `diagnosis`."""
    rule = None if diagnosis.failure is None else diagnosis.failure.rule.id
    requests = tuple((e.kind, e.request.method, e.request.url) for e in diagnosis.exchanges)
    return Result(diagnosis.verdict, rule, diagnosis.readable, requests)
