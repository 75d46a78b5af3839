"""Local Network Access: whether a page may reach this machine, or the network around it.

https://wicg.github.io/local-network-access/#fetching . It is checked where the page is known, as in a flow. Left out: service
workers, hosts with addresses in several spaces, whether a frame itself loads, and that a browser connects first: a server that
cannot be reached fails for that reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import Ended, FetchParams, Request
from corsdoctor.host import ip_address
from corsdoctor.rule import Cause, Evidence, Failure, Field, Rule
from corsdoctor.scenario import Api
from corsdoctor.scenario.address_space import PERMISSION_NAMES, AddressSpace, Network, Permission
from corsdoctor.url import is_potentially_trustworthy, same_origin
from corsdoctor.wire import Kind

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

NOT_OVER_HTTPS = Cause(
    "page-not-over-https",
    "The page was not loaded over https, so the browser blocks the request and does not ask the user for permission.",
    fix="Serve the page over https: only then does the browser ask the user for permission.",
    failure=Failure(
        "Chrome blocks requests to {host} from a public page that was not loaded over https, and does not ask the user: "
        "serve the page over https",
        bare="The page was not loaded over https, so Chrome blocks its request to the local network",
    ),
)
DENIED = Cause(
    "permission-denied",
    "The user has denied pages of this origin the permission to reach the local network.",
    fix="Ask the user to allow it in the browser's settings for the site: the browser does not ask again.",
    failure=Failure("The user has denied {page} the permission {wanted}, which requests to {host} require"),
)
NOT_ASKED = Cause(
    "permission-not-granted",
    "The browser asks the user for permission and gets no answer. Chrome without a window treats that as a denial.",
    fix="Ask the user to allow it when the browser asks. To see what happens then, grant the permission: "
    "--permission loopback-network=granted, or `permissions` in a flow.",
    failure=Failure("{page} does not have the permission {wanted}, which requests to {host} require"),
)
KEEPALIVE = Cause(
    "keepalive-cannot-ask",
    "Firefox does not ask the user because of a fetch() with keepalive, which may outlive the page.",
    fix="Send another request without keepalive first, so that the browser asks.",
    failure=Failure(
        "{page} does not have the permission {wanted}, and Firefox does not ask for it because of fetch() with keepalive"
    ),
)
POLICY = Cause(
    "permissions-policy",
    "The page's Permissions-Policy, or the attribute `allow` of the frame, does not allow it. A frame of another origin needs "
    "the attribute.",
    fix='Write <iframe allow="loopback-network; local-network">. If the page has a Permissions-Policy header, let it allow the '
    "frame's origin too.",
    failure=Failure(
        "Permissions-Policy or the frame's attribute `allow` does not allow {wanted}, which requests to {host} require"
    ),
)
OTHER_ADDRESS_SPACE = Cause(
    "other-address-space",
    "The script passes targetAddressSpace to fetch(). The browser compares it with the address space of the server's "
    "address, and blocks the request where they differ. Neither the user's permission nor a response header changes that.",
    fix="In the options of fetch(), name the address space in which the server is, or remove targetAddressSpace if the "
    "URL starts with https.",
    failure=Failure(
        "The script's targetAddressSpace is not the address space of the server, which is `{value}`",
        bare="The script's targetAddressSpace is not the address space of the server",
    ),
)
LOCAL_NETWORK = Rule(
    id="local-network-access-granted",
    title="The user allows the page to reach the local network",
    failure=Failure(
        "Chrome asks the user for permission before a public page may reach {host}; no response header changes that",
        bare="The page has no permission to reach the local network",
    ),
    spec="https://wicg.github.io/local-network-access/",
    step="",
    what="If a page from the public internet requests an address of this machine or of the local network, Chromium "
    "(from version 142) and Firefox ask the user for permission. Chromium blocks pages that were not loaded over https.",
    why="Pages have been used to attack routers, printers and developers' servers. The user grants this permission, "
    "not a response header.",
    fix="Ask the user to allow it, or serve the page from the same network. Access-Control-Allow-Private-Network no "
    "longer has an effect.",
    bad="page https://app.example fetches http://192.168.1.1/",
    good="page http://localhost:3000 fetches http://localhost:8080/",
    causes=(NOT_OVER_HTTPS, DENIED, NOT_ASKED, KEEPALIVE, POLICY, OTHER_ADDRESS_SPACE),
)
TARGET_ADDRESS_SPACE = Rule(
    id="target-address-space-is-known",
    title="The targetAddressSpace of fetch() is an address space",
    failure=Failure(
        "The script set targetAddressSpace to `{value}`, so fetch() throws",
        bare="The script set targetAddressSpace to something else than an address space",
    ),
    spec="https://wicg.github.io/local-network-access/#fetch-api",
    step="",
    what="targetAddressSpace is loopback for this machine, local (formerly private) for the network around it, or public. Chromium "
    "throws for any other value. Other browsers ignore the option.",
    why="With this option, a page that was loaded over https may request an http URL of the local network.",
    fix="Set targetAddressSpace to loopback or local, or remove it.",
    bad='fetch("http://printer.example/", {targetAddressSpace: "lan"})',
    good='fetch("http://printer.example/", {targetAddressSpace: "local"})',
)

RULES: Final = (LOCAL_NETWORK, TARGET_ADDRESS_SPACE)

_UNAIMED: Final = (None, "unknown")
_OLD_NAMES: Final = {"private": AddressSpace.LOCAL}
"""What a targetAddressSpace was called that Chromium still accepts."""
_TARGETS: Final = (*_UNAIMED, *_OLD_NAMES, *AddressSpace)
_BY_ADDRESS: Final = Network()
_FROM_LOCAL: Final = "A page of the local network may reach this machine"
_TREATED_AS_PUBLIC: Final = "treat-as-public-address"


def target_address_space(request: Request) -> str | None:
    """The address space that the script names, by its present name."""
    named = request.init.target_address_space
    return named if named is None else _OLD_NAMES.get(named, named)


def accepts_target_address_space(target: str | None, params: FetchParams) -> bool:
    """Whether fetch() accepts the script's targetAddressSpace. https://wicg.github.io/local-network-access/#fetch-api"""
    if target in _TARGETS or not params.profile.knows_target_address_space:
        return True
    params.trace.failed(TARGET_ADDRESS_SPACE, ((Field.WANTED, str(target)),))
    return False


def is_known_to_be_local(request: Request, profile: Profile) -> bool:
    """Whether the browser knows before it connects that the request leads to the local network: then http is not mixed content.

    https://wicg.github.io/local-network-access/#integration-with-mixed-content
    """
    if not profile.knows_target_address_space:
        return False
    host = request.url.host
    by_name = ip_address(host) is not None or host.rstrip(".").endswith(".local")
    return target_address_space(request) in ("local", "loopback") or (
        by_name and _BY_ADDRESS.space_of(request.url) is not AddressSpace.PUBLIC
    )


def local_network_access_check(request: Request, client: Client, kind: Kind, params: FetchParams) -> Ended | None:
    """How the request ends before it is sent; None if it may be sent. A preflight does not have the targetAddressSpace.

    https://wicg.github.io/local-network-access/#fetching
    """
    profile, target = params.profile, target_address_space(request)
    if not profile.checks_local_network or (request.api is Api.WEBSOCKET and profile.websocket_reaches_local_network):
        return None
    if is_potentially_trustworthy(request.origin) and same_origin(request.url.origin, request.origin):
        return None
    space, mine = client.network.space_of(request.url), _address_space(client, profile)
    evidence: Evidence = (
        (Field.SPACE, space), (Field.URL, request.url.on_the_wire), (Field.HOST, request.url.host),
        (Field.PAGE, str(client.top_level_origin)), (Field.KIND, kind),
    )  # fmt: skip
    if kind is Kind.ACTUAL and profile.knows_target_address_space and target not in (*_UNAIMED, space):
        params.trace.failed(LOCAL_NETWORK, evidence, OTHER_ADDRESS_SPACE)
        return Ended.NETWORK_ERROR
    if not space.is_less_public_than(mine):
        return None
    restricted = mine is AddressSpace.PUBLIC
    if restricted:
        evidence = (*evidence, (Field.WANTED, PERMISSION_NAMES[space]))
    cause = _why_not(request, client, space, profile) if restricted else None
    if cause is None:
        if kind is Kind.ACTUAL:
            params.trace.passed(LOCAL_NETWORK, evidence, "" if restricted else _FROM_LOCAL)
        return None
    if cause is NOT_ASKED and profile.local_network_prompt_waits:
        params.trace.note(LOCAL_NETWORK, evidence, cause=cause)
        return Ended.PROMPTED
    params.trace.failed(LOCAL_NETWORK, evidence, cause)
    return Ended.NETWORK_ERROR


def _address_space(client: Client, profile: Profile) -> AddressSpace:
    """The address space of the document that makes the request. https://wicg.github.io/local-network-access/#integration-with-html"""
    from corsdoctor.fetch.content_security_policy import policies_of  # what a plain check need not load

    if profile.knows_treat_as_public_address and any(
        _TREATED_AS_PUBLIC in policy.directives and not policy.report_only for policy in policies_of(client)
    ):
        return AddressSpace.PUBLIC
    return client.network.space_of(client.page.url if client.is_local else client.url)


def is_secure_context(client: Client) -> bool:
    """https://w3c.github.io/webappsec-secure-contexts/#environment-settings-object-contextually-secure"""
    documents = (client.page.url, client.page.url if client.is_local else client.url)
    return all(url.scheme == "file" or is_potentially_trustworthy(url.origin) for url in documents)


def is_delegated(client: Client, space: AddressSpace, profile: Profile) -> bool:
    """Whether the permission that counts is not that of the document's own origin, but of the page around its frame."""
    if same_origin(client.origin, client.page.url.origin) or client.frame is None:
        return False
    return not profile.frames_have_permissions or client.network.permission(client.origin, space) is Permission.PROMPT


def has_no_window(request: Request) -> bool:
    """Whether Firefox knows no window that the request is of. Beacons outlive the page too, and have one (lna/beacon/003)."""
    return request.init.keepalive and request.api is Api.FETCH


def name_in_firefox(client: Client) -> str:
    """How Firefox names the document that makes a request."""
    if client.origin.opaque:
        return f"moz-nullprincipal:{{{{uuid}}}}?{client.top_level_origin}"  # it has a new one each time
    if not client.is_local:
        return client.url.href
    return client.page.url.href if client.url.href == "about:srcdoc" else f"{client.origin}/"


def _why_not(request: Request, client: Client, space: AddressSpace, profile: Profile) -> Cause | None:
    """Why a page of the public internet may not reach `space`; None if it may."""
    if profile.local_network_needs_secure_context and not is_secure_context(client):
        return NOT_OVER_HTTPS
    from corsdoctor.fetch.permissions_policy import is_allowed_to_use  # what a plain check need not load

    delegated, page = is_delegated(client, space, profile), client._replace(frame=None)
    origin = page.page.url.origin
    if profile.frames_have_permissions:
        origin = page.origin if delegated else client.origin
    permission = client.network.permission(origin, space)
    if permission is Permission.DENIED:
        return DENIED
    if (delegated or profile.knows_permissions_policy) and not is_allowed_to_use(
        client, (PERMISSION_NAMES[space], "local-network-access"), profile
    ):
        return POLICY
    if permission is Permission.GRANTED:
        return None
    waits = profile.local_network_prompt_waits
    return KEEPALIVE if waits and has_no_window(request) else NOT_ASKED
