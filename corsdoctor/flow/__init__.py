"""A flow: the pages that a user visits one after the other, and what each of them requests.

    story     Flow, Visit, FlowRequest: what is to happen
    read      makes a Flow of the object in a file or a batch line; all mistakes at once, unknown keys among them
    run       runs a Flow in each browser, each with a new State (fetch/state.py), without a clock
    result    what became of it in one browser: pages, steps, cookies
    explain   adds the causes of what failed
    plan      what would be sent at each step
    icon      the icon that browsers request for a page

What a browser does is not decided here. A request of a flow is a Scenario with a `client` (scenario/page.py: the
page, its headers, the frame, the worker) and an `init` (what few requests set). It goes through `fetch/` like any
other; the algorithms there look at `request.client`, `request.init` and `params.state`, all of which a plain check
has not.

Where a change goes:

| to add | touch |
| --- | --- |
| a way to ask (`api`) | `scenario.Api`, its row in `fetch/presets.py`, what the element makes of the response in `fetch/element.py`; `_NAMES` in `read` if its name here is another |
| a policy of the page (CSP, COEP, ...) | a file in `fetch/` of the algorithm's name, which reads `client.headers` and `client.page.head`, and one call: in `before_sending.is_blocked_before_sending` for what is judged before sending, in `http_fetch.http_fetch` for the response |
| mixed content | `fetch/before_sending.py` |
| the local network | `fetch/local_network_access.py`; permissions and address spaces are `client.network`, set in `read` |
| what a browser remembers | a field of `State`, used where the Standard says so: `network.http_network_or_cache_fetch` for cookies, logins and the HTTP cache |
| what a page's own headers make a browser print | `PageResult.console`, made in `run` |
| a difference between browsers | a named field of the Profile with the recorded case, never its name |

tests/conformance/world_replay.py replays the recorded flows and prints the score; what is not predicted yet stands in
tests/conformance/world/misses.txt.
"""
