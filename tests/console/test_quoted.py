"""Messages that code, a test's name or a report of tests only quotes."""

from __future__ import annotations

import pytest

from corsdoctor.console.recognize import recognize

HEADER = "No 'Access-Control-Allow-Origin' header is present on the requested resource"
WHOLE = f"Access to fetch at 'https://api.example/a' from origin 'https://app.example' has been blocked by CORS policy: {HEADER}."


@pytest.mark.parametrize(
    "text",
    [
        "it(\"shows 'has been blocked by CORS policy' to the user\", () => {",
        f'test("{HEADER}", async () => {{',
        f'expect(logs[0]).toContain("{HEADER}");',
        "expect(await screen.findByText(/has been blocked by CORS policy/)).toBeVisible();",
        f'    assert "{HEADER}" in logs[0]',
        f'E       assert "{HEADER}" in logs[0]',
        f'if (!allowed) return "{HEADER}";',
        "if (e.message.includes('has been blocked by CORS policy')) retry();",
        f"  ✓ reports {HEADER} (12 ms)",
        f"✓ reports {WHOLE} (12 ms)",
        "tests/test_cors.py::test_disallowed_cors_origin PASSED",
        "--- PASS: TestPreflight/Disallowed_CORS_origin (0.00s)",
        "ok 12 - explains 'Disallowed CORS origin'",
        '  ● CORS › answers "Not allowed by CORS" to a foreign origin',
        "  ✕ answers 'Disallowed CORS origin' to a foreign origin (7 ms)",
        "not ok 3 - answers 'Disallowed CORS origin' (7 ms)",
    ],
)
def test_it_is_no_message(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"✕ {WHOLE}",
        f"❌ {HEADER}",
        f'cy.log("{WHOLE}")',
        f"    Error: {WHOLE}",
        f"  ✕ loads the cart (12 ms)\n    {HEADER}",
        "✗ CORS: Disallowed CORS origin",
        f"console.error: {HEADER}",
        f'What does the browser mean if it returns or in my case "{HEADER}"?',
    ],
)
def test_it_is_a_message(text: str) -> None:
    assert [message.cors for message in recognize(text)] == [True]
