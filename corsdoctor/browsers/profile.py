"""The shape of a browser's profile. A case id in a comment is one under tests/conformance that shows the field."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from corsdoctor.browsers.cookies import Cookies
from corsdoctor.browsers.facts import Console, PageConsole
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Mode, PreloadAs, Redirect


class PreflightOrder(StrEnum):
    """What of a preflight response fails before the CORS check."""

    NOTHING = "nothing"
    REDIRECT = "a redirect"
    STATUS = "any error status"


class SeveralLocations(StrEnum):
    """What a response with several Location lines comes to: by the Standard it can't be followed."""

    NO_REDIRECT = "no-redirect"  # it can't be followed
    EQUAL = "equal"  # equal lines count once; with different ones the response counts as none
    JOINED = "joined"  # they are joined by a comma, and that is the URL


class ContentLength(StrEnum):
    """Which Content-Length makes a response count as none."""

    NO_MATTER = "no matter"  # none does: the Standard looks at it for other ends only
    DIFFERENT = "different"  # values that differ, line by line or in a list
    DIFFERENT_UNLESS_CHUNKED = "different unless chunked"  # the same, but where Transfer-Encoding decides
    LAST_NO_NUMBER = "last no number"  # a last line that is not a number; a list is not one


class OpaqueOrigin(StrEnum):
    """When a no-cors request with credentials says `Origin: null` from an opaque page."""

    NEVER = "never"
    ALWAYS = "always"
    UNTIL_OTHER_ORIGIN = "until a redirect to another origin"


class LoginDialog(StrEnum):
    """For which requests with credentials a browser asks the user for a login."""

    CREDENTIALED = "all"
    NOT_CORS = "those without CORS"
    BUT_FOREIGN_IMAGES = "all but images of other origins"
    OWN_OR_FRAMED = "those to the page's own origin, and those of frames"


class Streams(StrEnum):
    """What becomes of a ReadableStream that is the body of a request."""

    SENT = "sent over HTTP/2"
    TEXT = "sent as the text that the object converts to"
    REFUSED = "refused"


class NamedHeaders(StrEnum):
    """Which unsafe headers Access-Control-Request-Headers names after a redirect."""

    CURRENT = "those that the request still has"
    FIRST = "those that the script set"
    FIRST_LESS_DROPPED = "those that the script set, less those that the latest redirect dropped"


class TypeReading(StrEnum):
    """How several values of Content-Type, and values that are not a MIME type (`text/css x`), are read."""

    STANDARD = "standard"  # the last that is a MIME type
    LAST_RESORT = "last-resort"  # that; where none is one, what looks like one
    LENIENT = "lenient"  # the last that looks like one
    LINES = "lines"  # the start of the first line for scripts and style sheets, of the last line for the rest


class Profile(Record):
    """One browser, or the Standard itself; each is one object. Durations are in seconds."""

    name: str
    title: str
    console: Console
    page_console: PageConsole
    """What the browser prints about a page's own headers and markup (page/headers/001)."""

    # --- CORS-safelisted request-headers
    header_lines_are_combined: bool
    """Whether repeated lines are judged as one, joined by ", " (safelist-many/h004)."""
    safelisted_value_patterns: tuple[tuple[str, str], ...]
    """(lower-case name, pattern) of headers that are safelisted beside the Standard's: client hints (safelist/089)."""
    uncounted_request_headers: frozenset[str]
    """Lower-case names that a script may set and that never trigger a preflight (headers/h153)."""
    high_bytes_are_unsafe: bool
    """Whether bytes from 0x80 up count as CORS-unsafe request-header bytes (safelist/020)."""
    content_type_parameters_are_strict: bool
    """Whether a comma, or an empty parameter after another, triggers a preflight; a space ends the type (safelist/h211)."""
    range_pattern: str
    """The safelisted values of Range; the groups are the first and the last byte (safelist/081)."""
    range_limit: int | None
    """The first byte position that is too large for a safelisted Range, None without a limit (safelist/h263)."""
    safelisted_total_size: int | None
    """How many bytes the safelisted values may have together, None without a limit (safelist-total/h002)."""
    streams: Streams
    """What becomes of a body that is a ReadableStream, in a flow (initiators/fetch/015)."""

    # --- when a preflight is sent, and what it asks
    upload_listener_needs_body: bool
    """Whether an upload listener matters only where there is a body to upload (upload/015)."""
    preflight_repeats_after_redirect: bool
    """Whether a request that was preflighted once is preflighted at every later hop too (redirect/052)."""
    preflight_remembers_headers: bool
    """Whether a header that a redirect dropped still makes a preflight due (redirect-from-same-origin/h005)."""
    preflight_names: NamedHeaders
    """Which headers a preflight after a redirect lists (redirect/105, redirect-chain/p381)."""
    single_request_headers: frozenset[str]
    """Lower-case names of which only the last line is sent; of Content-Type with a body the first (safelist-many/h004)."""
    preflight_names_repeat: bool
    """Whether a header given twice is named twice (headers/h060)."""
    preflight_origin_ignores_redirects: bool
    """Whether a preflight names the page's origin where the actual request says `null` (redirect/009).

    Such a preflight to the page's own origin is not CORS-checked (redirect-preflight-again/h029).
    """

    # --- how a preflight's answer is judged
    preflight_judged_first_by: PreflightOrder
    """What fails before the CORS check (random/027, preflight-redirect/011)."""
    judges_method_before_parsing_headers: bool
    """Whether a method that is not listed comes before an Access-Control-Allow-Headers that can't be parsed (random/143)."""
    upload_listener_grants_method: bool
    """Whether a missing Access-Control-Allow-Methods allows the method of a request with an upload listener (upload/h036, random/h231)."""
    wildcard_covers_authorization: bool
    """Whether `Access-Control-Allow-Headers: *` covers `Authorization` (headers/053)."""
    max_age_of_garbage: int
    """How long a preflight is remembered whose Access-Control-Max-Age is not a number (cache/max-age/011)."""
    negative_max_age_counts: bool
    """Whether a preflight response with a negative Access-Control-Max-Age is not remembered (cache/negative/001)."""
    max_age_cap: int | None
    """The longest time a preflight is remembered, None without a limit."""
    preflights_are_fresh_with: frozenset[str]
    """The values of fetch()'s option `cache` that send the preflight again (cache/second/no-cache/001, cache/second/no-store/001)."""
    redirected_preflights_are_remembered: bool
    """Whether a preflight is remembered that a redirect to a third origin gave `Origin: null` (cache/redirected-actual/003)."""
    opaque_origins_remember_preflights: bool
    """Whether the preflight of a sandboxed frame spares its later ones (cache/opaque/001)."""
    head_is_remembered_by_name: bool
    """Whether HEAD is looked for among the remembered methods, as PUT is (cache/second/HEAD/001)."""
    wildcards_are_remembered: bool
    """Whether a `*` that a preflight response grants spares later preflights (cache/second-wildcard/GET/001)."""
    remembered_wildcard_covers_authorization: bool
    """Whether a remembered `*` spares the preflight for Authorization too (cache/second-wildcard/authorization/001)."""
    refused_preflights_are_remembered: bool
    """Whether a preflight response is remembered that does not allow the method or a header of its request
    (cache/refused-method/001)."""
    unremembered_preflights_end_others: bool
    """Whether a preflight response that is remembered for no time also ends what an earlier one allowed
    (cache/insufficient/009)."""
    remembers_one_preflight: bool
    """Whether a preflight response is forgotten when it does not cover a later request, or when a newer one comes
    (cache/insufficient/001, cache/insufficient/005)."""
    preflights_separate_credentials: bool
    """Whether a preflight with credentials does not spare that of a request without (cache/credentials/006)."""
    failures_clear_preflights: bool
    """Whether a request that fails the CORS check takes the preflight with it that is remembered (cache/failed-actual/001)."""

    # --- the CORS check
    own_redirects_need_credentials: bool
    """Whether a redirect of a request that began at the page's own origin, with credentials `same-origin`, is judged as
    if they were `include` (redirect-chain/h009)."""
    own_redirects_preflight_first: bool
    """Whether the preflight of the next hop comes before a redirect of such a request is judged (fz-location/025)."""
    empty_lines_vanish: bool
    """Whether an empty line of a repeated Access-Control-Allow-Credentials counts as not there (credentials/h090)."""

    # --- redirects
    location_is_read_first: frozenset[Redirect]
    """The redirect modes in which some Locations fail before anything else of the response is judged
    (fz-location/003, fz-location/009, wpt-redirect-location/014)."""
    refused_locations: frozenset[str]
    """The Locations that fail before anything else of the response is judged: schemes and whole URLs; "" stands for those that can't be parsed (fz-location/003, fz-location/009)."""
    redirect_targets_are_judged_first: bool
    """Whether mixed content and the page's policy refuse the URL of a redirect before the CORS check of its response
    (csp/refused-redirect/001, mixed/refused-redirect/001)."""
    judged_before_upgrade: frozenset[str]
    """The destinations for which the page's policy is applied to an http URL before it is replaced by the https one
    (csp/upgraded/001, csp/upgraded/002, csp/upgraded/003)."""
    reports_before_upgrade: bool
    """Whether policies that only report see the http URL of what is requested over https (csp/upgraded/004)."""
    redirects_are_judged_before_upgrade: bool
    """Whether the page's policy is also applied to the http URL of a redirect before it is replaced (csp/upgraded/005)."""
    policy_allows_what_it_upgrades: bool
    """Whether a policy with upgrade-insecure-requests allows an http URL if it allows the https one (csp/upgraded/003)."""
    no_cors_redirects_to_data: frozenset[Api]
    """Elements that follow a redirect to a data: URL in mode no-cors (as-script/h193)."""
    several_locations: SeveralLocations
    """What several Location lines come to (two-locations/h001 and two-locations/h002)."""
    about_blank_loads: bool
    """Whether about:blank can be fetched in mode no-cors (about-blank/h001)."""
    empty_location_is_none: bool
    """Whether an empty Location does not redirect (redirect-nolocation/h004)."""
    empty_location_fails: bool
    """Whether an empty Location can't be followed (fz-location/001)."""
    error_mode_ignores_empty_location: bool
    """Whether `redirect: "error"` ignores a redirect with an empty Location (wpt-redirect-location-odd/021)."""
    error_mode_checks_userinfo: bool
    """Whether `redirect: "error"` fails first for userinfo in a Location of another origin (fz-location/023)."""
    other_statuses_redirect: bool
    """Whether 309 to 399 with a Location redirect too (redirect/p159)."""
    no_cors_origin_becomes_null: bool
    """Whether a no-cors POST says `Origin: null` once it was redirected to another origin (wpt-origin-header/017)."""
    location_bytes_are_mangled: bool
    """Whether a Location that is not ASCII is decoded twice (redirect-relative/h002)."""
    delete_becomes_get_across_origins: bool
    """Whether any redirect to another origin turns DELETE into GET (redirect/033)."""
    redirect_drops: frozenset[str]
    """Lower-case names of headers that a redirect to another origin than the page's takes away: client hints
    (fz-hints/001)."""
    redirect_restores: frozenset[str]
    """Lower-case names that one redirect drops and the next sends again (redirect-chain/p312, redirect-chain/p381)."""
    origin_header_survives_redirect: bool
    """Whether a redirected POST that becomes a GET to the page's own origin keeps its Origin header (upload/h052)."""

    # --- mixed content
    loopback_is_mixed: bool
    """Whether an https page cannot request http on this machine, except images, audio and video (mixed/loopback/002)."""
    file_page_upgrades: bool
    """Whether a page from a file: URL requests images over https, as an https page does (origins/file/009)."""
    websocket_to_loopback_is_mixed: bool
    """Whether an https page cannot open a ws: WebSocket to this machine, recorded with localhost and 127.0.0.1."""
    policy_upgrades_loopback: bool
    """Whether upgrade-insecure-requests also counts for http URLs of this machine (mixed/upgrade-address/001)."""
    mixed_addresses_are_upgraded: bool
    """Whether an image of an https page is requested over https also where its URL has an address (mixed/address/001)."""
    loopback_pages_upgrade: bool
    """Whether a page on this machine, too, requests images over https whose URL is http (mixed/local-page/001)."""
    redirects_are_upgraded: bool
    """Whether a redirect of an image from https to http is followed over https, even to this machine (mixed/address-redirect/001)."""
    icons_are_upgraded: bool
    """Whether an http icon of an https page is requested over https, as other images are (elements/mixed/001, page/icon/004)."""
    insecure_forms_are_confirmed: bool
    """Whether the user is asked before a form of an https page is sent to an http URL (mixed/initiator-port/018)."""

    # --- client certificates
    certificate_ignores_credentials: bool
    """Whether each request shows the client certificate, preflights and those without credentials too
    (fetch/cross-site, in tests/conformance/certificates)."""

    # --- where the recorded browser differs from the one that users have
    third_party_cookies_are_as_shipped: bool
    """Whether the recorded browser sends the third-party cookies that the product sends: Safari sends none, WebKitGTK has no
    Intelligent Tracking Prevention.

    Safari also has no Local Network Access, as WebKitGTK has none, and blocks http on this machine in https pages as WebKitGTK
    does (loopback_is_mixed). Where only the page's origin is known, a note says so.
    """
    http_cache_is_as_shipped: bool
    """Whether the recorded browser has the HTTP cache of the product: WebKitGTK uses the cache of its network library."""

    # --- Sec-Fetch-*
    preflight_always_has_mode: bool
    """Whether a preflight to an http URL has Sec-Fetch-Mode, too (cookies/sent-preflight/007)."""
    redirect_drops_metadata: bool
    """Whether a request has no Sec-Fetch-* right after a redirect to another origin in mode cors (cookies/redirect/001)."""
    tainted_preflights_are_cross_site: bool
    """Whether a preflight says `Sec-Fetch-Site: cross-site` once a foreign origin has redirected to another origin
    (redirects/preflight-site/001)."""
    websocket_destination: str
    """Sec-Fetch-Dest of a WebSocket, "" where its handshake has no Sec-Fetch-* (initiators/websocket/001)."""
    websocket_follows_redirects: bool
    """Whether the handshake of a WebSocket follows redirects (websocket/redirect/001)."""
    loopback_is_one_site: bool
    """Whether Sec-Fetch-Site calls http and https of localhost one site (cookies/sent/025)."""

    # --- Referer
    preflight_referrer_ignores_redirects: bool
    """Whether a preflight has the Referer of the first request (auth/redirect/002)."""
    loopback_gets_referrer: bool
    """Whether a request from an https page to http on this machine has a Referer header (cookies/sent/025, mixed/frame-localhost/004, mixed/loopback/020)."""
    upgraded_media_have_referrer: bool
    """Whether audio and video whose URL was upgraded to https have a Referer header (mixed/block-all-mixed-content/008)."""
    blob_has_referrer: bool
    """Whether what a script of a document or worker from a blob: URL requests has a Referer header (initiators/worker-do/002, origins/frame/031)."""
    fetch_of_srcdoc_has_referrer: bool
    """Whether fetch() of a srcdoc frame sends a Referer header (cookies/sent-frame/006)."""
    styles_of_srcdoc_have_referrer: bool
    """Whether what the styles of a srcdoc frame request has a Referer header: fonts, images, style sheets (origins/frame-initiator/017)."""
    policy_free_styles: frozenset[Api]
    """What the styles of a page request without regard to the page's referrer policy (referrer/styles/001)."""
    subresources_name_the_page: frozenset[Api]
    """What a style sheet or a module loads in the name of the page (initiators/css-font/003, initiators/module-graph/003)."""
    opaque_documents_have_referrer: bool
    """Whether a request of a sandboxed frame has a Referer header (origins/frame-initiator/001)."""
    scripts_of_opaque_documents_have_referrer: bool
    """Whether fetch() and XMLHttpRequest of a sandboxed frame send a Referer header too (origins/frame-own/001)."""
    opaque_documents_are_foreign: bool
    """Whether the Referer of a sandboxed frame is only its origin, even for a URL of the same origin (frames/beacon/001)."""
    loopback_hides_origin: bool
    """Whether a no-cors POST from an https page to http on this machine says `Origin: null` (workers/beacon/009)."""
    relaxed_policies_count_across_sites: bool
    """Whether a policy that shows more than the default does counts for another site (referrer/policy/009)."""
    frames_inherit_referrer_policy: bool
    """Whether the page's referrer policy counts in frames that state none (referrer/frames/001)."""
    referrer_policy_hides_origin: bool
    """Whether Referrer-Policy: no-referrer makes a no-cors POST say `Origin: null` (policy/referrer/007)."""

    # --- the HTTP cache
    http_cache_is_partitioned: bool
    """Whether a response is kept for the pages of one site only (http-cache/star/002)."""
    http_cache_is_partitioned_by_frame: bool
    """Whether frames of other sites have a cache of their own, and documents with an opaque origin none (http-cache/frames/001)."""
    http_cache_separates_credentials: bool
    """Whether responses to requests with and without credentials are kept apart (http-cache/credentials/001)."""
    refused_responses_are_cached: bool
    """Whether a response that fails the CORS check is kept (http-cache/refused/001)."""
    refused_redirects_are_cached: bool
    """Whether a redirect that fails it is kept (http-cache/redirect/013)."""
    refused_responses_replace_others: bool
    """Whether the one that was kept before is lost then (http-cache/revalidated-refused/002)."""
    media_are_cached: bool
    """Whether the responses to audio and video elements are kept (http-cache/media-first-star/001)."""
    statuses_not_cached: frozenset[int]
    """Statuses of responses that are never kept (http-cache/redirect/012, http-cache/status/500, http-cache/status/401)."""
    statuses_never_fresh: frozenset[int]
    """Statuses of responses that are kept, but requested again each time (http-cache/status/404, http-cache/forced/002)."""
    keeps_responses_without_age: bool
    """Whether a response is kept for `cache: "force-cache"` that has no validator, and does not say how long it is fresh
    (http-cache/forced/001)."""
    redirects_cached_for_good: frozenset[int]
    """The statuses of redirects that are cached although nothing says for how long (http-cache/redirects/001)."""
    must_revalidate_is_stale: bool
    """Whether must-revalidate without max-age makes a response stale (http-cache/freshness/016)."""
    http_cache_separates_destinations: bool
    """Whether cached responses of other sites to fetch(), to scripts and to other elements are kept apart
    (http-cache/image-first-no-vary/001, http-cache/destinations/001)."""

    # --- logins
    login_dialog: LoginDialog
    """Which requests with credentials open a login dialog."""
    foreign_dialogs_count_as_refused: bool
    """Whether a login dialog for another origin counts as refused in a flow, even the first: after two refusals for one site, no
    more of them open (auth/challenge-initiator/012, and the first in auth/dialog/001)."""
    dialog_follows_scripted_logins: bool
    """Whether the dialog opens even if the script has set Authorization (auth/own-header/003)."""
    challenges_may_share_a_line: bool
    """Whether a scheme counts that is not the first in its line of WWW-Authenticate (auth/shared-line/001)."""
    known_logins_come_first: bool
    """Whether a login that the browser knows replaces the script's Authorization (auth/own-header-cached/005)."""
    userinfo_logs_in: frozenset[Mode]
    """The modes in which a URL's user name and password answer a 401 (auth/userinfo/008, auth/userinfo/012)."""
    images_of_other_sites_ask: bool
    """Whether an image of another site may open a login dialog (auth/image/001)."""
    beacons_have_logins: bool
    """Whether a beacon carries a login that the browser knows (auth/beacon/001)."""
    beacons_name_the_page: bool
    """Whether a beacon of a sandboxed frame says the origin of the page's URL (frames/beacon/001)."""
    logins_are_partitioned: bool
    """Whether a login is only known to pages of the site on which it was made (auth/cached/005)."""
    logins_cover_the_host: bool
    """Whether a login is sent to every path of its host, and not only below its own."""
    foreign_logins_are_refused: bool
    """Whether the console names a cross-origin element that would ask for a login (auth/challenge-initiator/004)."""

    # --- user names and passwords in URLs
    refuses_userinfo: bool
    """Whether userinfo fails for elements without CORS, EventSource, and after any redirect (as-script/h187)."""
    elements_drop_userinfo: bool
    """Whether an element with CORS asks for its URL without userinfo (fz-mixed/002)."""
    first_userinfo_passes: frozenset[Api]
    """Elements whose own URL may have userinfo all the same (as-media/h142)."""
    redirected_userinfo_passes: frozenset[Api]
    """Elements that a redirect may lead to a URL with userinfo all the same (fz-mixed/029)."""

    # --- how a response is read
    largest_head: int
    """How many bytes the headers of a response may have, recorded with one long line."""
    spaced_names_count: bool
    """Whether a header counts whose name has a space before the colon (odd-headers/space/001)."""
    content_length: ContentLength
    """Which Content-Length makes a response count as none (fz-length/001, fz-length/025, fz-length/011)."""
    proxy_status_is_error: bool
    """Whether status 407 from a server that is not a proxy is a network error (actual-status/h036)."""
    switching_is_interim: bool
    """Whether the browser waits for another response after status 101 that it did not ask for (switching/with-cors, in
    tests/transport/recording)."""
    lead_must_be_line_ends: bool
    """Whether nothing but line ends may come before the first status line (garbage/fresh/four-line-feeds, there)."""
    broken_chunks_fail: bool
    """Whether a response fails whose chunks can't be read (chunks/no-number, there)."""
    preflight_body_must_end: bool
    """Whether a preflight response counts only once its body has ended (shorter/open, there)."""

    # --- elements
    fonts_use_cors: bool
    """Whether a cross-origin font is requested in mode `cors` (as-font/001)."""
    font_preloads_use_cors: bool
    """Whether a preload of a font is requested in mode `cors` without the attribute crossorigin (initiators/preload/013)."""
    tracks_stay_at_home: bool
    """Whether a <track> without CORS is requested from the page's own origin only (elements/track/001)."""
    objects_count_as_frames: bool
    """Whether Sec-Fetch-Dest of an <object> is that of a frame (elements/object/001)."""
    statuses_without_document: frozenset[int]
    """Statuses whose response does not replace what a frame shows (frames/status/001)."""
    never_requests: frozenset[Api]
    """What the browser never requests, although the page names it (initiators/manifest/006, initiators/prefetch/001)."""
    unnoticed_in_frames: frozenset[str]
    """The ids of rules that, when broken, fire the load event of an <iframe> (policy/csp-element/015,
    policy/frame-ancestors/002, lna/s-denied/006)."""
    refused_preloads_go_unnoticed: bool
    """Whether a <link rel=preload> or modulepreload whose response is refused fires its load event (initiators/preload/008)."""
    manifests_omit_credentials: bool
    """Whether a manifest is requested without credentials, unless crossorigin is use-credentials (elements/cookies/001)."""
    judges_data_icons: bool
    """Whether the page's policies count for an icon with a data: URL (page/icon/005)."""
    requests_default_icon: bool
    """Whether the browser requests /favicon.ico for a page that names no icon (page/icon/001)."""
    own_origin_elements_send_origin: frozenset[Api]
    """Which elements with CORS send an Origin header to the page's own origin too (as-image/h020)."""
    opaque_page_sends_origin: OpaqueOrigin
    """When elements without CORS, and no-cors fetch() with credentials, send `Origin: null` from an opaque page
    (as-script/h129)."""
    inactive_access_sends_origin: bool
    """Whether a request with `Sec-Fetch-Storage-Access: inactive` has an Origin header, even without CORS (cookies/inactive/001)."""
    modules_use_preloads: bool
    """Whether a module uses what a <link rel=preload as=script> has loaded (preload/more/001)."""
    failed_modules_are_kept: bool
    """Whether a module that failed fails again in the same document without a request (modules/failed/001)."""
    modulepreloads_use_modules: bool
    """Whether a <link rel=modulepreload> makes no request for a module that the document has loaded (modules/map/003)."""
    preloads_serve_without_cors: bool
    """Whether a preload with CORS also answers a request without (preload/use/002)."""
    documents_reuse: frozenset[str]
    """The destinations of what a document requests only once, whatever the HTTP cache may keep (http-cache/twice/001,
    http-cache/twice/002)."""
    untyped_preloads: frozenset[Api]
    """Which <link>s load a script or a style sheet of any type (preload/type/001, elements/type/002)."""
    blob_urls_have_referrer_policy: bool
    """Whether a script can read Referrer-Policy in the response of a blob: URL (workers/blob/001)."""
    workers_send_no_origin_home: bool
    """Whether the modules of a worker have no Origin header for the page's own origin, even if those of a page do
    (workers/import/001)."""
    xhr_serializes_content_type: bool
    """Whether XMLHttpRequest writes a Content-Type anew where it corrects its charset (safelist/h168)."""

    # --- the status and type that an element accepts
    refused_image_types: tuple[str, ...]
    """How the types start that no image can have (fz-type/005)."""
    fetch_preload_error_from: int
    """The lowest status at which a <link rel=preload as=fetch> that may be read fails (preload/status/001)."""
    script_error_from: int
    """The lowest status at which scripts fail; 300 by the Standard (as-script/h063)."""
    module_error_from: int
    """The lowest status at which modules fail (fz-mixed/042)."""
    font_error_from: int
    """The lowest status at which fonts fail (fz-mixed/005)."""
    stylesheet_error_from: int
    """The lowest status at which style sheets fail (as-stylesheet/h065)."""
    media_statuses: tuple[int, ...]
    """Statuses at which audio and video load (as-media/h024, as-media/h029)."""
    opaque_media_statuses: tuple[int, ...]
    """Statuses at which they load without CORS from another origin (as-media/h124)."""
    bodiless_statuses: frozenset[int]
    """Statuses whose body is not read (as-image/h019)."""
    need_javascript_type: frozenset[Api]
    """Which scripts of workers need a JavaScript type (workers/type/001, workers/type/002)."""
    eventsource_needs_utf8: bool
    """Whether an EventSource fails for another charset than UTF-8 (wpt-eventsource/032)."""
    type_is_judged_before_cors: bool
    """Whether a type that scripts and, with nosniff, style sheets can't have fails before the CORS check
    (fz-mixed/007)."""
    type_reading: TypeReading
    """How Content-Type is read (fz-type/012, fz-type/002)."""
    type_ends_at: str
    """Characters at which what looks like a type ends (fz-type/015)."""
    redirect_loses_type_hint: bool
    """Whether a style sheet needs a Content-Type after a redirect; without one it is sniffed (fz-type/027)."""
    checks_type_of_stylesheets: bool
    """Whether a style sheet needs the type text/css (as-stylesheet/h042)."""

    # --- opaque response blocking
    orb_blocks_never_sniffed: bool
    """Whether a no-cors script or image of a type that is never sniffed is blocked (as-script/h170)."""
    orb_spares_own_origin: bool
    """Whether what redirects brought back to the page's own origin is not blocked (fz-mixed/017)."""
    orb_blocks_partial: bool
    """Whether status 206 is blocked that is not the first part (as-image/h131)."""
    orb_blocks_nosniff: bool
    """Whether a no-cors image or media of type HTML, JSON or XML with nosniff is blocked (as-image/h135)."""
    orb_blocks_plain_text: bool
    """Whether text/plain counts among those types (fz-type/004)."""
    orb_parses_scripts: bool
    """Whether a no-cors script whose body is JSON or a page is blocked unless it has a JavaScript type (types/json/001)."""
    orb_sniffs_body: bool
    """Whether a no-cors response with a Content-Type is blocked if its body begins like a page or data (fz-body/001)."""

    # --- integrity
    unknown_integrity_needs_cors: bool
    """Whether an integrity attribute without a known hash blocks what is loaded without CORS, as `md5-x` is (integrity/hash/018)."""
    only_fetch_needs_cors_for_unknown_integrity: bool
    """Whether such an attribute blocks fetch() without CORS, but nothing else (integrity/fetch/002)."""
    integrity_ignores_case: bool
    """Whether the names of hash algorithms count in upper case, too (integrity/value/013)."""
    integrity_names_have_dashes: bool
    """Whether `sha-256` is a hash algorithm, too (integrity/dash/009)."""
    checks_stated_digest: bool
    """Whether a body that is not the one in Unencoded-Digest is refused (integrity/signature/002)."""
    checks_signatures: bool
    """Whether ed25519 in an integrity attribute requires a signed response (integrity/signature/006)."""
    preloads_have_integrity: frozenset[PreloadAs]
    """Which preloads are compared with their integrity attribute (integrity/preload/003)."""
    modulepreloads_have_integrity: bool
    """Whether a <link rel=modulepreload> is compared with its integrity attribute (integrity/modulepreload/001)."""
    integrity_policy_covers_workers: bool
    """Whether the page's Integrity-Policy counts for what its workers import (integrity-policy/use/018)."""
    local_frames_inherit_integrity_policy: bool
    """Whether the page's Integrity-Policy counts in frames whose document the page made (integrity-policy/use/024)."""

    # --- policies of pages and responses
    same_site_needs_registrable_domain: bool
    """Whether two ports of one IP address are cross-site to Cross-Origin-Resource-Policy (as-script/059)."""
    unknown_resource_policies_pass: bool
    """Whether an unknown value of Cross-Origin-Resource-Policy counts as cross-origin instead of as absent (policy/corp-value/001)."""
    websocket_sources_cover_http: bool
    """Whether ws: and wss: in a Content-Security-Policy allow http and https URLs too (csp/websocket-source/001)."""
    hosts_cover_websockets: bool
    """Whether a host without a scheme in a Content-Security-Policy allows WebSockets, recorded with `connect-src *:*`."""
    refused_forms_are_framed: bool
    """Whether frame-src is applied even to a form that form-action does not allow (csp/form/001)."""
    form_action_covers_redirects: bool
    """Whether form-action of a Content-Security-Policy is matched with what a form is redirected to (elements/form/001)."""
    knows_credentialless: bool
    """Whether Cross-Origin-Embedder-Policy: credentialless counts (policy/coep-cookies/001)."""
    embedder_policy_comes_first: bool
    """Whether the Cross-Origin-Embedder-Policy of a framed page is judged before its Cross-Origin-Resource-Policy
    (policy/corp-coep/067)."""

    # --- Local Network Access
    checks_local_network: bool
    """Whether a public page needs a permission to reach this machine or the local network (lna/s-denied/003)."""
    local_network_needs_secure_context: bool
    """Whether such a page must have been loaded over https too (lna/h-granted/003)."""
    local_network_prompt_waits: bool
    """Whether a request waits until the user has answered; otherwise it fails unless the user has already granted the
    permission (lna/s-pub/001)."""
    websocket_reaches_local_network: bool
    """Whether WebSockets need no permission (lna/websocket/003)."""
    knows_target_address_space: bool
    """Whether fetch() has the option targetAddressSpace, and http URLs that surely lead to the local network are not mixed
    content (lna/target-address-space-local/002)."""
    knows_treat_as_public_address: bool
    """Whether Content-Security-Policy: treat-as-public-address makes a page count as public (lna/treat-as-public/001)."""
    frames_have_permissions: bool
    """Whether the permission of a frame's own origin counts before that of the page (lna/frame-permission/001)."""
    knows_permissions_policy: bool
    """Whether the header Permissions-Policy counts, and `allow="local-network-access"` for both features
    (lna/permissions-policy/001)."""
    sandboxed_frames_keep_features: bool
    """Whether a sandboxed frame that shows the page's own origin may use what the page may (lna/sandbox/001)."""

    # --- cookies
    cookies: Cookies
    """Which cookies of a response are stored."""

    # --- URLs and what a script may read
    path_escapes_pipe: bool
    """Whether `|` in a path is sent as %7C (url/h150)."""
    percent_encoding_is_normalized: bool
    """Whether `%41` is sent as `A`, and `%c3` as `%C3` (url/h163)."""
    data_url_has_length: bool
    """Whether fetch() shows a Content-Length for a data: URL (url/004)."""
    expose_wildcard_survives_garbage: bool
    """Whether `*` counts in an Access-Control-Expose-Headers that can't be parsed further on (expose/h122)."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Callable[[str], Profile], tuple[str]]:
        """Pickles by name: the console's templates are code, and a profile stays one object in each process.

        TypeError for a profile that is none of `BROWSERS`.
        """
        from corsdoctor.browsers import BROWSERS, by_name

        if not any(self is known for known in BROWSERS):
            raise TypeError(f"the profile {self.name!r} is not one of those that its name stands for")
        return by_name, (self.name,)
