"""Firefox's messages that are not about CORS, in other languages than English."""

from __future__ import annotations

import pytest

from corsdoctor.console.near_misses import _table
from corsdoctor.console.recognize import recognize
from corsdoctor.kinds.table import BY_ID
from corsdoctor.message import Message

URL = "https://a.example/x.js"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


def test_each_message_of_the_table_is_recognized() -> None:
    wrong = []
    for known in _table():
        text = known.words.replace("{url}", URL).replace("{other}", "x")
        message = the(text)
        kind = "/".join(filter(None, (message.kind, message.case)))
        if (message.cors, kind, message.url) != (False, known.kind, URL if "{url}" in known.words else None):
            wrong.append((text, message))
    assert wrong == []
    assert {known.kind for known in _table()} <= set(BY_ID)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("mixed-content", f"Blocage du chargement du contenu mixte actif (mixed active content) « {URL} »"),
        ("orb", f"O recurso em “{URL}” foi bloqueado pelo OpaqueResponseBlocking. Motivo: “nosniff”."),
        ("corp", f"Die Ressource auf \"{URL}\" wurde wegen ihres Cross-Origin-Resource-Policy-Headers blockiert."),
        ("frame", f"Das Laden von \"{URL}\" in einem Frame wird durch die \"X-Frame-Options\"-Direktive verhindert."),
        ("mime-type", f"Das Skript von \"{URL}\" wurde wegen eines nicht zulässigen MIME-Typs (\"text/html\") blockiert."),
        ("mime-type/accepted", f"El script de “{URL}” se cargó aunque su tipo MIME (“text/html”) no es un tipo JavaScript."),
        ("service-worker", f"Échec du chargement de « {URL} ». Un ServiceWorker a passé une promesse à FetchEvent.respondWith()."),
        ("service-worker/opaque", f"« {URL} » : ServiceWorker, FetchEvent.respondWith(), RequestMode « no-cors »."),
        ("service-worker/registration", f"Échec d’enregistrement du ServiceWorker pour « https://a.example/ » : script « {URL} »."),
        ("integrity", f"Keiner der \"sha384\"-Hashes passt zum Inhalt der Subressource bei \"{URL}\"."),
        ("orb", f"位于“{URL}”的资源被 OpaqueResponseBlocking 拦截，原因：“nosniff”。"),
        ("unknown/element", f"Falló la carga del <script> con origen \"{URL}\"."),
    ],
)  # fmt: skip
def test_names_that_no_language_translates(kind: str, text: str) -> None:
    message = the(f"12:01:02.345 {text} app.js:1:2")
    assert (message.cors, message.browser, message.url) == (False, "firefox", URL)
    assert "/".join(filter(None, (message.kind, message.case))) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Firefox kann keine Verbindung zu dem Server unter wss://a.example/ws aufbauen.",
        "Firefox ne peut établir de connexion avec le serveur à l’adresse wss://a.example/ws.",
        "Die Verbindung zu wss://a.example/ws wurde unterbrochen, während die Seite geladen wurde.",
        "Firefox 无法建立到 wss://a.example/ws 服务器的连接。",
    ],
)
def test_a_websocket_in_another_language(text: str) -> None:
    message = the(text)
    assert (message.kind, message.browser, message.url) == ("websocket", "firefox", "wss://a.example/ws")


@pytest.mark.parametrize(
    "text",
    [
        "X-Frame-Options: DENY",
        f"The app sets X-Frame-Options for '{URL}' because of the audit",
        f"headers.set('X-Frame-Options', 'DENY'); get('{URL}')",
        f"Der Server liefert {URL} mit dem MIME-Typ text/html",
        f"Unser MIME-Typ ist korrekt. Siehe '{URL}' für JavaScript und MIME.",
        f"Ich habe '{URL}' mit X-Frame-Options getestet, und die Seite ist blockiert.",
        f"Bonjour, mon iframe « {URL} » est bloquée par X-Frame-Options",
        f"Mi servidor envía Cross-Origin-Resource-Policy para '{URL}'",
        f"ServiceWorker für '{URL}' mit '{URL}' registriert",
        f"Мы добавили заголовок X-Frame-Options на «{URL}», всё работает",
        f"我们的网站 “{URL}” 设置了 X-Frame-Options",
        f"Das Cookie 'sid' wurde für '{URL}' gesetzt.",
        "MIME " * 400 + f"'{URL}'",
        "ein Skript ohne Namen",
        "Ich öffne in Firefox wss://a.example/ und sehe nichts",
        "Firefox: connect(wss://a.example/)",
        "Der WebSocket wss://a.example/ ist offen",
    ],
)
def test_what_is_none_of_them(text: str) -> None:
    assert recognize(text) == ()


def test_a_log_is_not_searched_for_them() -> None:
    assert recognize(f'Falló la carga del <script> con origen "{URL}".\n' + "ruhig\n" * 2000) == ()
