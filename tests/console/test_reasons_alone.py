"""Firefox's reasons alone, in all its languages."""

from __future__ import annotations

import pytest

from corsdoctor.console.normalize import folded_line
from corsdoctor.console.reasons_alone import _NAMES, _UNSAID, _words
from corsdoctor.console.recognize import recognize
from tests.console.test_firefox_languages import RULES, TEXTS, filled

LEAST = 15  # characters: what is shorter does not count as a reason
NOT_ITSELF = {
    ("es-AR", "preflight-status-ok/redirected"): "does not name CORS",
    ("my", "acao-not-wildcard-with-credentials"): "its label ends with a dash",
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", TEXTS)
def test_each_reason_of_each_language(language: str) -> None:
    wrong = []
    for name, template in TEXTS[language]["messages"].items():
        key = name.partition("@")[0]
        words = _words(folded_line(template))
        if f"/{key}" in _UNSAID or key in ("deprecation", "origin-header-not-added") or len(words) < LEAST:
            continue
        if not any(name in words for name in _NAMES) or (language, key) in NOT_ITSELF:
            continue
        rule = RULES.get(key.partition("/")[0], key.partition("/")[0])
        for text in (filled(words), f"({filled(words).replace(chr(39), chr(34))})."):
            found = recognize(text)
            if not (len(found) == 1 and found[0].browser == "firefox" and rule in (found[0].rule, *found[0].also)):
                wrong.append((name, text, found))
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "Hier fehlt eine CORS-Kopfzeile, glaube ich, und dann schlug die CORS-Preflight-Antwort fehl, sagt Paul",
        "CORS désactivé",
        "El proxy evita el error de CORS en desarrollo.",
        "La solicitud CORS no es http y por eso la cambié a https en el archivo",
    ],
)
def test_prose_is_none(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Motivo: cabeçalho CORS 'Access-Control-Allow-Origin' ausente", None),
        ("Cross-Origin-Anfrage blockiert: verboten unter https://a.example/a (Grund: CORS-Header 'Access-Control-Allow-Origin' fehlt).", "https://a.example/a"),
        ("Raison : il manque l'en-tête CORS « Access-Control-Allow-Origin », qui est absent", None),
    ],
)  # fmt: skip
def test_a_missing_header_in_the_words_of_a_translator(text: str, url: str | None) -> None:
    (message,) = recognize(text)
    assert (message.browser, message.rule, message.url) == ("firefox", "acao-present", url)


@pytest.mark.parametrize(
    "text", ["la cabecera CORS Access-Control-Allow-Origin está", "CORS y Access-Control-Allow-Origin: *"]
)
def test_a_header_that_is_not_called_missing_is_none(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "(Причина: неудача ответа CORS preflight). Код состояния: 401.",
        "Grund: CORS-Preflight-Antwort schlug fehl). Statuscode: 401",
    ],
)
def test_reads_the_status_behind_a_reason(text: str) -> None:
    (message,) = recognize(text)
    assert (message.rule, message.status) == ("preflight-status-ok", "401")


def test_says_the_header_and_nothing_of_the_line_before() -> None:
    (message,) = recognize(
        "Firefox:\nGrund: Kopfzeile 'x-token' ist aufgrund der Kopfzeile 'Access-Control-Allow-Headers' aus der CORS-Preflight-Antwort nicht zulässig"
    )
    assert (message.rule, message.subject, message.in_preflight) == ("acah-lists-headers", "x-token", True)
    assert message.text.startswith("Grund: ")
