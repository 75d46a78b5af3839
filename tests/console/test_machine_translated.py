"""Chromium's messages as programs for translation print them: the corpus has more of them."""

from __future__ import annotations

import pytest

from corsdoctor.console.machine_translated import ERA
from corsdoctor.console.recognize import recognize
from corsdoctor.message import Message
from corsdoctor.reports.explanation import Explained, place

URL, PAGE = "https://api.example/v1", "https://app.example"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("No hay ningún encabezado 'Access-Control-Allow-Origin' en el recurso.", "acao-present"),
        (f"El encabezado 'Access-Control-Allow-Origin' tiene el valor '{PAGE}:1' que no es igual.", "acao-matches-origin"),
        ("El valor del encabezado 'Access-Control-Allow-Origin' no debe ser el comodín '*'.", "acao-not-wildcard-with-credentials"),
        ("El valor de 'Access-Control-Allow-Credentials' es '', que debe ser 'true'.", "acac-true"),
        ("El campo x-a no está permitido por Access-Control-Allow-Headers.", "acah-lists-headers"),
        ("El método PUT no está permitido por Access-Control-Allow-Methods.", "acam-lists-method"),
        ("Solo se admiten los esquemas: http, data, chrome, https, chrome-untrusted.", "scheme-is-http"),
        ("La respuesta no tiene el estado HTTP ok.", "preflight-status-ok"),
        ("", None),
    ],
)  # fmt: skip
def test_names_show_the_rule(reason: str, rule: str | None) -> None:
    if rule == "acam-lists-method":
        assert the(f"{PAGE} bloqueado por la política de CORS: {reason}").subject == "PUT"
    message = the(
        f"El acceso a fetch en '{URL}' desde el origen '{PAGE}' ha sido bloqueado por la política de CORS: {reason}"
    )
    assert (message.browser, message.rule, message.url, message.origin, message.api) == (
        "chromium",
        rule,
        URL,
        PAGE,
        "fetch",
    )
    assert message.text.startswith("El acceso")
    assert place(Explained(message)).startswith(ERA)


@pytest.mark.parametrize(
    "text",
    [
        f"De '{PAGE}' (origin): toegang tot XMLHttpRequest op '{URL}' is geblokkeerd door het CORS-beleid",
        f"从源“{PAGE}”访问“{URL}”处的 XMLHttpRequest 已被 CORS 策略阻止",
        f"来自来源 '{PAGE}' 的 '{PAGE}:81' 的 XMLHttpRequest 访问已被 CORS 策略阻止：",
        f"オリジン '{PAGE}' から '{URL}' への XMLHttpRequest は CORS ポリシーによってブロックされました",
        f"'{PAGE}' 원본에서 '{URL}'의 XMLHttpRequest에 대한 액세스가 CORS 정책에 의해 차단되었습니다",
        f"Доступ к XMLHttpRequest «{URL}» из «{PAGE}» заблокирован политикой CORS",
    ],
)
def test_the_origin_may_come_first(text: str) -> None:
    message = the(text)
    assert (message.origin, message.api) == (PAGE, "xhr")
    assert message.url in (URL, f"{PAGE}:81")


def test_the_verdict_may_stand_apart_from_the_policy() -> None:
    text = f"Por la política de CORS se ha bloqueado el acceso a fetch en '{URL}' desde el origen '{PAGE}'"
    assert (the(text).url, the(text).origin) == (URL, PAGE)
    assert recognize("La política de CORS no se ha bloqueado en el proxy") == ()
    assert recognize(f"La politique CORS de {URL} est bloquée sur {PAGE} depuis hier")[0].url == URL


def test_without_a_url_it_may_be_anybodys() -> None:
    message = the("Error: CORS 정책에 의해 차단되었습니다.")
    assert (message.cors, message.browser, message.rule, message.era) == (True, None, None, "")


def test_the_failure_beside_it_belongs_to_it() -> None:
    message = the(
        f"L'accès à fetch à '{URL}' depuis l'origine '{PAGE}' a été bloqué par la politique CORS\nGET {URL} net::ERR_FAILED"
    )
    assert (message.cors, message.method) == (True, "GET")
