"""A page that shows in the reader's own browser whether a page of its origin can read a response: the proof of a finding.

It requests the URL that was audited and nothing else, which its Content Security Policy enforces. No value is in a script.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

from corsdoctor.audit.weigh import Weighed
from corsdoctor.report import AuditReport
from corsdoctor.url import URL, parse
from corsdoctor.visible import visible

_SCRIPT: Final = """
"use strict";
const show = (id, text) => { document.getElementById(id).textContent = text; };
show("origin", self.origin);
fetch(document.body.dataset.url, {credentials: "include"}).then(async (response) => {
  const text = await response.text();
  show("result", `READ: this origin can read the response (status ${response.status}, ${text.length} characters).`);
  show("body", text.slice(0, 500));
}, (error) => show("result", `NOT READ: ${error.message}`));
"""
_STYLE: Final = "body { font: 1rem/1.5 sans-serif; margin: 2rem; } pre { white-space: pre-wrap; } iframe { width: 100%; height: 16rem; border: 1px solid; }"
_RESULT: Final = '<p>Origin: <code id="origin">unknown</code></p>\n<p id="result">Waiting for the response.</p>\n<pre id="body"></pre>\n'
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")


def proof_page(report: AuditReport) -> str:
    """The page. It has a frame with the origin null where a finding is about that."""
    target = parse(report.asked.url)
    assert target is not None  # it was requested
    proven = [finding for finding in report.findings if provable(finding)]
    origins = dict.fromkeys(finding.origin for finding in proven)
    listed = "".join(f"<li><code>{_text(origin)}</code></li>\n" for origin in origins)
    inner = f"{_head(target)}{_body(target)}{_RESULT}<script>{_SCRIPT}</script>\n"
    frame = f'<h2>In a sandboxed frame</h2>\n<iframe sandbox="allow-scripts" srcdoc="{escape(inner)}"></iframe>\n'
    return (
        f"{_head(target)}{_body(target)}<h1>Who can read {_text(target.on_the_wire)}?</h1>\n"
        "<p>This page requests the URL with the cookies of this browser, and sends nothing anywhere else. "
        "What it reads stays in this window.</p>\n"
        f"<p>Open it from one of these origins, which the audit found to be allowed:</p>\n<ul>\n{listed}</ul>\n"
        f"<h2>As this page</h2>\n{_RESULT}{frame if 'null' in origins else ''}<script>{_SCRIPT}</script>\n"
    )


def provable(finding: Weighed) -> bool:
    """Whether a page that requests the audited URL can show a finding."""
    return bool(finding.origin and finding.browsers) and finding.place is None


def _head(target: URL) -> str:
    policy = (
        f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}; connect-src {_source(target)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        f"<title>corsdoctor: proof</title>\n<style>{_STYLE}</style>\n"
    )


def _body(target: URL) -> str:
    return f'<body data-url="{escape(target.on_the_wire)}">\n'


def _source(target: URL) -> str:
    """What connect-src allows: the server, or all of its scheme where a policy cannot name the host."""
    return str(target.origin) if _HOST.fullmatch(target.host) else f"{target.scheme}:"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(visible(text))
