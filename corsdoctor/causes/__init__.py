"""Why a request failed: decided after the verdict, by evidence, from all responses of the run and from probes.

Nothing here can change a verdict. known.py is the table of causes, marks/ the table of what software leaves in responses.

| what the cause is decided by | file |
| --- | --- |
| the order of all that follows, and when a probe is sent | investigate.py |
| the request itself, or a connection without a response | before_answer.py |
| the words and marks of software in a response | by_words.py, refusals.py, cors_layers.py |
| the status of a response: no handler for OPTIONS, a gateway, a missing URL | by_status.py, by_size.py |
| a status that names the part of the request that the server rejects | by_rejection.py, rejections.py |
| a login: that the server requires one, or that the URL is one | by_login.py, login_urls.py |
| a client certificate | by_certificate.py |
| an HTML page in place of an API's response | by_page.py |
| the Location of a redirect, and the URL as the server spells it | by_redirect.py, final_url.py |
| a comparison of two responses: preflight and request, with and without a probe | by_comparison.py, refused_headers.py |
| a header that is sent twice | by_layers.py |
| a cache | by_cache.py |
| a WebSocket handshake | by_websocket.py |
| the value that a rule judged, as fetch named it | by_value.py |
| the words of a console message, without a response | by_message.py, by_message_status.py |
| nothing: what would show it | unknown.py |
| which probe to send next | probes.py, probe.py |

| what they share | file |
| --- | --- |
| all that is known about a failed request, and the text of a body | situation.py, phrases.py |
| who wrote a response, and what is quoted of it | software.py, evidence.py |
| what to change in the product that responds | vendor_fixes.py, exempting.py |
| what must change before any CORS header helps | before_headers.py |
"""
