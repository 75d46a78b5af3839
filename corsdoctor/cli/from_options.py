"""The options that take requests in the words of other tools. What they name is read only if one is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from corsdoctor.cli import flags, options
from corsdoctor.cli.command import REQUEST
from corsdoctor.cli.option import gathered, option, typed
from corsdoctor.wrong_input import Mistakes

if TYPE_CHECKING:
    from corsdoctor.scenario import Scenario

_SECTION: Final = "A request of another tool"


from_text = gathered(
    options.FromFlags,
    "given",
    option(_SECTION, "--from", "source", metavar="FILE|-", common=True, help="Take the request from a command or a script. That is what a browser copies as cURL (bash or cmd), fetch, Node.js fetch or PowerShell, and what you write for curl, wget, HTTPie, PowerShell, fetch(), XMLHttpRequest, EventSource, WebSocket, sendBeacon(), axios or jQuery. Nothing in it is run. Headers that only a browser adds are left out, and Origin or Referer name the page. Other options of the request take precedence."),
    option(_SECTION, "--from-curl", metavar="TEXT", help="The same for a command, in quotes."),
    option(_SECTION, "--from-fetch", metavar="TEXT", help="The same for JavaScript, in quotes."),
    option(_SECTION, "--allow-files", is_flag=True, help="Read the files that the command names, such as -d @body.json. Otherwise no file is read, and a body that comes from one is left out."),
)  # fmt: skip


def refuse_beside_requests(found: Mistakes) -> None:
    """Adds a mistake for each option of a request that was given beside the file of --from, which has the requests."""
    for parameter in typed():
        if getattr(parameter, "section", None) == REQUEST and parameter.name != "browser":
            found.add("--from", "", f"the file has the requests: remove {parameter.opts[-1]}")


def scenarios(
    urls: Sequence[str],
    request: options.RequestFlags,
    transport: options.TransportFlags,
    given: options.FromFlags,
    found: Mistakes,
) -> tuple[list[Scenario], options.TransportFlags]:
    """The requests that are asked for, and how to reach the servers. All mistakes are added to `found`."""
    if not given.given:
        return flags.scenarios(urls, request, transport, found), transport
    from corsdoctor.cli.from_text import scenarios_from  # what a URL needs not load

    return scenarios_from(urls, request, transport, given, found)
