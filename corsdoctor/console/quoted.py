"""Whether a message is only quoted: by the source code of a test, by its name, or by the report that it passed."""

from __future__ import annotations

from typing import Final

from corsdoctor.console.normalize import NormalizedText
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

_LONGEST: Final = 400  # characters of a line before a message that are looked at
_AFTER: Final = 100  # characters behind it
_CODE: Final = Pattern(
    r"(?:^|[^\w'\"])(?:(?:it|test|describe|context|specify|scenario|expect|assert\w*|toContain\w*|toHave\w*|toMatch\w*|toEqual|toBe|toThrow\w*"
    r"|includes|indexOf|contains?|starts?_?[wW]ith|match(?:es)?|search|(?:get|find|query)(?:All)?By\w+|raises)(?:\.\w+)*\([^()]{0,60}"
    r"|(?:^(?:[\W\d]|E )*|(?<=[;{})] ))(?:case|assert|return) |(?:==|===|!=|\bin) )[a-z]?['\"/][^'\"]{0,200}['\"]?$"
)
_PASSED: Final = Pattern(r"^\W{0,3}(?:[\u2713\u2714\u221a\u2705]|(?:--- )?PASS(?:ED)?\b|ok \d)")
_NAME: Final = Pattern(
    r"^\W{0,3}(?:[\u2715\u2717\u2718\u00d7\u25cf\u25cb]|(?:--- )?(?:FAIL|SKIP)(?:ED)?\b:?|not ok \d+) ?(?:- )?\w[^\"]{0,200}['\"]{0,2}$"
)
_SUITE: Final = (
    " ' "  # between the names of a suite and a test, which is an angle quotation mark before a text is normalized
)
_RESULT: Final = Pattern(
    r"['\"]{0,2}[^'\"]{0,60}? \(?(?:PASSED|FAILED|SKIPPED|\.\.\. (?:ok|FAILED|FAIL)|\(?\d+(?:\.\d+)? ?m?s\))$"
)


def is_quoted(normalized: NormalizedText, at: int, end: int, message: Message) -> bool:
    """Whether the message from `at` to `end` was not printed by a browser or a server, as its line shows.

    A message that names a URL and stands in code was most likely printed before somebody wrote it there.
    """
    before = normalized.line_start(at)[-_LONGEST:]
    if not before:
        return False
    if _PASSED.compiled.search(before) is not None:
        return True
    if message.url is not None:
        return False
    if _CODE.compiled.search(before) is not None:
        return True
    after = normalized.text[end : normalized.line_end(end, min(len(normalized.text), end + _AFTER))]
    is_name = _NAME.compiled.search(before) is not None
    return is_name and (_SUITE in before or _RESULT.compiled.search(after) is not None)
