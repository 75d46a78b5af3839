"""Words and error codes of object stores."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.marks.mark import Means, Where, table

_T = Where.PHRASE
_M = Means

MARKS: Final = table(
    (_T, r"signaturedoesnotmatch|the request signature we calculated does not match", "", _M.SIGNATURE),
    (
        _T,
        r"invalidaccesskeyid|requesttimetooskewed|expiredtoken|invalidtoken\b|authorizationqueryparameterserror",
        "",
        _M.SIGNATURE,
    ),
    (_T, r"request has expired|missingsecurityheader|signature (?:did not match|not match)", "", _M.SIGNATURE),
    (
        _T,
        r"authenticationfailed|server failed to authenticate the request|authorizationpermissionmismatch",
        "Azure Storage",
        _M.SIGNATURE,
    ),
    (_T, r"accessdenied$|access denied\.?$", "", _M.DENIED),
    (
        _T,
        r"(?:invalid|missing|bad|wrong) (?:request )?signature|signature (?:is )?(?:invalid|mismatch|expired)|url signature",
        "",
        _M.SIGNATURE,
    ),
    (
        _T,
        r"nosuchkey|the specified key does not exist|blobnotfound|containernotfound|no such object|nosuchbucket|the specified bucket does not exist",
        "",
        _M.MISSING,
    ),
    (
        _T,
        r"entitytoolarge|your proposed upload exceeds|requestbodytoolarge|request (?:entity|body) (?:is )?too large|payload ?too ?large|file too large",
        "",
        _M.LARGE,
    ),
    (_T, r"(?:400 )?request header or cookie too large|request header fields? too large", "", _M.LARGE),
    (_T, r".{0,80}a request that exceeds the request content length", "IIS", _M.LARGE),
    (_T, r"slowdown$|please reduce your request rate", "an object store", _M.RATE),
)
