"""Client certificates, and ports that speak another protocol than the URL says."""

from __future__ import annotations

from typing import Final

from corsdoctor.causes.marks.mark import Means, Where, table

_P, _T = Where.PAGE, Where.PHRASE
_M = Means

MARKS: Final = table(
    # client certificates
    (_T, r"(?:400 )?no required ssl certificate was sent", "nginx", _M.CERTIFICATE),
    (_T, r"no required tls certificate was sent|tls certificate failed verification", "Kong", _M.CERTIFICATE),
    (
        _T,
        r"(?:400 |496 |495 )?the ssl certificate error|(?:400 )?ssl certificate (?:error|required)",
        "nginx",
        _M.CERTIFICATE,
    ),
    (_T, r"403(?:\.\d+)? ?- forbidden: ssl client certificate|403\.7\b|403\.16\b|403\.13\b", "IIS", _M.CERTIFICATE),
    (
        _T,
        r"(?!.*\b(?:how|learn|if|when)\b).{0,60}\bclient (?:ssl )?cert(?:ificate)? (?:is |was )?(?:required|missing|not (?:provided|presented|sent|found)|needed)",
        "",
        _M.CERTIFICATE,
    ),
    (
        _T,
        r".{0,40}\b(?:no|missing|require[sd]?(?: a)?|requires a valid|invalid|present a|provide a) (?:valid )?(?:ssl |tls |x\.?509 )?client[- ](?:ssl |tls )?cert",
        "",
        _M.CERTIFICATE,
    ),
    (_P, "no client certificate chain in this request", "Tomcat", _M.CERTIFICATE),
    (_T, r"(?:mutual tls|mtls)\b.{0,60}(?:required|failed|missing)", "", _M.CERTIFICATE),
    (_P, "cannot perform post-handshake authentication", "Apache", _M.CERTIFICATE),
    (
        _T,
        r"(?:a )?(?:valid )?(?:ssl |tls |client |mtls )certificate (?:is )?required|certificate required$",
        "",
        _M.CERTIFICATE,
    ),
    # plain HTTP where TLS is spoken
    (_T, r"(?:400 )?the plain http request was sent to https port", "nginx", _M.TLS),
    (_T, r"(?:unknown|missing) alpn protocol, expected `h2`", "Node.js", _M.HTTP2),
    (_T, r"an http/1\.x request was sent to an http/2 only endpoint", "Kestrel", _M.HTTP2),
    (_T, r"grpc requires http/2", "a gRPC server", _M.HTTP2),
    (_T, r"client sent an http request to an https server", "a Go server", _M.TLS),
    (_T, r"(?:reason: )?you're speaking plain http to an ssl-enabled server port", "Apache", _M.TLS),
    (_P, "you're speaking plain http to an ssl-enabled server port", "Apache", _M.TLS),
    (_T, r"(?:bad request )?this combination of host and port requires tls", "Tomcat", _M.TLS),
    (_T, r"(?:plain )?http request (?:was )?(?:sent|received) (?:to|on) (?:an )?https port", "", _M.TLS),
)
