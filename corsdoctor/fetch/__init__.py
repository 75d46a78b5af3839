"""The Fetch Standard's algorithms, each in a function of its own name.

The step numbers in comments are those of whatwg/fetch at commit 586cd2a44c2a865b37c166dc0740f3fb8bb220d6 (2026-07-02).
A plain check has no HTTP cache, no policies and no integrity: a fresh page has none. Left out, beside what each file names:
requests that a service worker answers, WebDriver BiDi, HSTS, HTTP/3, reporting, Private State Tokens, nonces, hashes and
'strict-dynamic' of a Content-Security-Policy, and logins with Digest, NTLM and Negotiate.

| algorithm | file |
| --- | --- |
| new Request(input, init), XMLHttpRequest's open() and send() | request_constructor.py, method.py, script_headers.py, presets.py |
| navigator.sendBeacon() (Beacon) | beacon.py |
| run a worker, register a service worker (HTML, Service Workers) | worker.py |
| main fetch, scheme fetch | main_fetch.py |
| HTTP fetch | http_fetch.py |
| bad ports, mixed content, keepalive, userinfo | before_sending.py |
| Content Security Policy, Cross-Origin-Embedder-Policy | content_security_policy.py, embedder_policy.py |
| Local Network Access check, Permissions-Policy | local_network_access.py, permissions_policy.py |
| data: URL processor | data_url.py |
| HTTP-network-or-cache fetch, append a request `Origin` header | network.py, origin_header.py |
| the HTTP cache, HTTP authentication | http_cache.py, login.py |
| network errors: no response, and what is not accepted as one | no_answer.py, acceptance.py, framing.py |
| cookies: storage model, retrieval (RFC 6265bis) | set_cookie.py, cookie_jar.py, cookie_context.py, cookie_headers.py |
| why a cookie is not stored or sent, cookies that the user names | cookies.py, held_cookies.py |
| what a browser remembers in a flow | state.py |
| establish a WebSocket connection | websocket.py |
| CORS-unsafe request-header names, forbidden request-header | safelist.py |
| when a preflight is due | preflight_due.py |
| CORS-preflight fetch | preflight.py, preflight_status.py, preflight_lists.py |
| CORS-preflight cache | preflight_cache.py |
| CORS check | cors_check.py, cors_causes.py |
| HTTP-redirect fetch | redirect.py |
| cross-origin resource policy check | resource_policy.py |
| Sec-Fetch-*, Referer | fetch_metadata.py, referrer.py |
| consume a preloaded resource (HTML) | preloads.py |
| Subresource Integrity, signatures, Integrity-Policy | integrity.py, signature_integrity.py, integrity_policy.py |
| CORS filtered response | exposure.py |
| what HTML and CSS do with the response of an element | element.py |
| opaque response blocking (ORB) | opaque_response_blocking.py, orb_sniffing.py |
| what HTML does with the response in a frame: X-Frame-Options, frame-ancestors, documents | navigation.py |
| notes about caches and cookies, which no algorithm asks for | advice.py |
| what they share: a request and its parameters, a header list | request.py, headers.py |
"""
