"""What each field of a profile means, as the sentence that a report prints where a verdict follows from it.

`{browser}` stands for the browser or browsers that differ from the Standard; `{s}`, `{does}`, `{has}` and `{its}` agree
with their number. Each field of Profile has a sentence, and the recorded case that shows it
(tests/conformance/cases.jsonl, tests/conformance/world, tests/conformance/certificates, or tests/transport/recording for what depends on bytes), if
there is one.
"""

from __future__ import annotations

from typing import Final

QUIRKS: Final[dict[str, tuple[str, str]]] = {
    "header_lines_are_combined": ("{browser} judge{s} repeated lines of a request header as one value", "safelist-many/h004"),
    "safelisted_value_patterns": ("{browser} safelist{s} client hints such as DPR, so they do not require a preflight", "safelist/089"),
    "uncounted_request_headers": ("In {browser} the header User-Agent never requires a preflight", "headers/h153"),
    "high_bytes_are_unsafe": ("In {browser} a byte from 0x80 up in a header's value requires a preflight", "safelist/020"),
    "content_type_parameters_are_strict": ("{browser} parse{s} the parameters of a Content-Type in {its} own way", "safelist/h211"),
    "range_pattern": ("{browser} safelist{s} other values of Range than the Standard does", "safelist/081"),
    "range_limit": ("{browser} {does} not safelist a Range with very large numbers", "safelist/h263"),
    "safelisted_total_size": ("{browser} {does} not limit the total size of safelisted request headers", "safelist-total/h002"),
    "streams": ("{browser} cannot send a ReadableStream as a body", "initiators/fetch/015"),
    "upload_listener_needs_body": ("In {browser} an upload listener requires a preflight only if the request has a body", "upload/015"),
    "preflight_repeats_after_redirect": (
        "{browser} send{s} a preflight for each request after a redirect if the first request required one", "redirect/052",
    ),
    "preflight_remembers_headers": (
        "In {browser} a header that a redirect removed still requires a preflight", "redirect-from-same-origin/h005",
    ),
    "preflight_names": (
        "After a redirect, {browser} name{s} other headers in Access-Control-Request-Headers than the request still has",
        "redirect-chain/p381",
    ),
    "single_request_headers": ("{browser} send{s} only one line of some repeated request headers", "safelist-many/h004"),
    "preflight_names_repeat": ("{browser} name{s} a repeated header twice in Access-Control-Request-Headers", "headers/h060"),
    "preflight_origin_ignores_redirects": (
        "{browser} send{s} the page's origin with a preflight request, even if the request itself has Origin: null",
        "redirect/009",
    ),
    "preflight_judged_first_by": (
        "{browser} check{s} whether the preflight response is a redirect, or has an error status, before the CORS check",
        "preflight-redirect/011",
    ),
    "judges_method_before_parsing_headers": (
        "{browser} check{s} Access-Control-Allow-Methods before parsing Access-Control-Allow-Headers", "random/143",
    ),
    "upload_listener_grants_method": (
        "{browser} require{s} Access-Control-Allow-Methods even if only an upload listener requires the preflight",
        "upload/h036",
    ),
    "wildcard_covers_authorization": ("{browser} accept{s} `*` in Access-Control-Allow-Headers for Authorization", "headers/053"),
    "max_age_of_garbage": ("{browser} {does} not cache a preflight whose Access-Control-Max-Age is not a number", ""),
    "max_age_cap": ("{browser} limit{s} how long a preflight is cached", ""),
    "preflights_are_fresh_with": (
        "{browser} send{s} the preflight again for some values of fetch()'s option `cache`", "cache/second/no-store/001",
    ),
    "redirected_preflights_are_remembered": (
        "{browser} {does} not cache a preflight whose Origin is null because of a redirect", "cache/redirected-actual/003",
    ),
    "opaque_origins_remember_preflights": (
        "{browser} {does} not cache the preflights of pages and frames with an opaque origin", "cache/opaque/001",
    ),
    "head_is_remembered_by_name": (
        "{browser} send{s} the preflight again for HEAD if the earlier response does not list that method", "cache/second/HEAD/001",
    ),
    "wildcards_are_remembered": (
        "{browser} send{s} the preflight again if the response to the earlier one allowed only `*`", "cache/second-wildcard/GET/001",
    ),
    "remembered_wildcard_covers_authorization": (
        "A cached `*` of Access-Control-Allow-Headers covers Authorization in {browser}", "cache/second-wildcard/authorization/001",
    ),
    "refused_preflights_are_remembered": (
        "{browser} remember{s} a preflight response that does not allow the method or a header of its request",
        "cache/refused-method/001",
    ),
    "unremembered_preflights_end_others": (
        "In {browser} a preflight response with Access-Control-Max-Age: 0 does not end what an earlier one allowed", "cache/insufficient/009",
    ),
    "remembers_one_preflight": (
        "{browser} forget{s} a remembered preflight response when a newer one comes, or when it does not cover a later request",
        "cache/insufficient/005",
    ),
    "preflights_separate_credentials": (
        "{browser} send{s} a preflight for a request without credentials after one with them", "cache/credentials/006",
    ),
    "failures_clear_preflights": ("{browser} remember{s} a preflight even after the request itself has failed", "cache/failed-actual/001"),
    "negative_max_age_counts": (
        "{browser} {does} not remember a preflight response with a negative Access-Control-Max-Age", "cache/negative/001",
    ),
    "own_redirects_need_credentials": (
        "{browser} require{s} Access-Control-Allow-Credentials on redirects of a request that began at the page's own origin",
        "redirect-chain/h009",
    ),
    "own_redirects_preflight_first": ("{browser} send{s} the preflight for the new URL before checking the redirect", "fz-location/025"),
    "empty_lines_vanish": ("{browser} ignore{s} an empty line of a repeated Access-Control-Allow-Credentials", "credentials/h090"),
    "location_is_read_first": ("{browser} check{s} the Location of a redirect before the CORS check", "fz-location/003"),
    "refused_locations": ("{browser} refuse{s} some Locations before the CORS check", "fz-location/009"),
    "redirect_targets_are_judged_first": (
        "{browser} look{s} at the URL of a redirect (mixed content, Content-Security-Policy) before the CORS check of its response",
        "csp/refused-redirect/001",
    ),
    "judged_before_upgrade": (
        "{browser} check{s} some http URLs against the page's Content-Security-Policy before requesting them over https", "csp/upgraded/002",
    ),
    "reports_before_upgrade": (
        "{browser} check{s} policies that only report after replacing an http URL with the https one", "csp/upgraded/004",
    ),
    "redirects_are_judged_before_upgrade": (
        "{browser} check{s} the http URL of a redirect against the page's Content-Security-Policy before following it over https", "csp/upgraded/005",
    ),
    "policy_allows_what_it_upgrades": (
        "In {browser} a policy with upgrade-insecure-requests allows an http URL if it allows the https one", "csp/upgraded/003",
    ),
    "no_cors_redirects_to_data": ("{browser} follow{s} a redirect to a data: URL for an element without CORS", "as-script/h193"),
    "loopback_is_mixed": ("{browser} block{s} http requests of an https page even to this machine", "mixed/loopback/002"),
    "websocket_to_loopback_is_mixed": ("{browser} block{s} a ws: WebSocket of an https page, even to this machine", ""),
    "policy_upgrades_loopback": (
        "In {browser} upgrade-insecure-requests also counts for http URLs of this machine", "mixed/upgrade-address/001",
    ),
    "mixed_addresses_are_upgraded": (
        "{browser} request{s} an image over https even if its http URL has an IP address", "mixed/address/001",
    ),
    "loopback_pages_upgrade": (
        "{browser} {does} not request http images over https for a page on this machine", "mixed/local-page/001",
    ),
    "redirects_are_upgraded": (
        "{browser} follow{s} a redirect of an image from https to http over https, even to this machine", "mixed/address-redirect/001",
    ),
    "largest_head": ("{browser} limit{s} the size of response headers", ""),
    "spaced_names_count": ("{browser} ignore{s} a response header with a space before the colon", "odd-headers/space/001"),
    "content_length": ("{browser} reject{s} a response whose Content-Length is contradictory or not a number", "fz-length/001"),
    "several_locations": ("{browser} follow{s} a redirect with several Location lines in {its} own way", "two-locations/h001"),
    "about_blank_loads": ("{browser} {does} not fetch about:blank", "about-blank/h001"),
    "empty_location_is_none": ("{browser} treat{s} an empty Location as no redirect", "redirect-nolocation/h004"),
    "empty_location_fails": ("{browser} cannot follow an empty Location", "fz-location/001"),
    "error_mode_ignores_empty_location": (
        'With redirect: "error", {browser} treat{s} an empty Location as no redirect', "wpt-redirect-location-odd/021",
    ),
    "error_mode_checks_userinfo": ('With redirect: "error", {browser} first refuse{s} a Location with a user name', "fz-location/023"),
    "other_statuses_redirect": ("{browser} follow{s} a Location with any status code from 309 to 399", "redirect/p159"),
    "no_cors_origin_becomes_null": (
        "After a redirect to another origin, {browser} send{s} Origin: null with a no-cors POST", "wpt-origin-header/017",
    ),
    "location_bytes_are_mangled": ("{browser} decode{s} a Location that is not ASCII twice", "redirect-relative/h002"),
    "delete_becomes_get_across_origins": ("{browser} change{s} DELETE to GET at any redirect to another origin", "redirect/033"),
    "redirect_drops": ("{browser} remove{s} client hints at a redirect to another origin", "fz-hints/001"),
    "redirect_restores": ("{browser} send{s} some headers again after a redirect that the redirect before removed", "redirect-chain/p312"),
    "origin_header_survives_redirect": (
        "{browser} keep{s} the Origin header if a redirect changes a POST to a GET to the page's own origin", "upload/h052",
    ),
    "certificate_ignores_credentials": (
        "{browser} show{s} the client certificate with every request, also with a preflight request", "fetch/cross-site",
    ),
    "loopback_is_one_site": ("In Sec-Fetch-Site, {browser} treat{s} http and https of localhost as one site", "cookies/sent/025"),
    "preflight_referrer_ignores_redirects": (
        "{browser} send{s} the Referer of the first request with a preflight after a redirect", "auth/redirect/002",
    ),
    "preflight_always_has_mode": ("{browser} send{s} Sec-Fetch-Mode with a preflight to an http URL, too", "cookies/sent-preflight/007"),
    "redirect_drops_metadata": (
        "{browser} send{s} no Sec-Fetch-* with a request that was redirected to another origin in mode cors", "cookies/redirect/001",
    ),
    "tainted_preflights_are_cross_site": (
        "{browser} send{s} Sec-Fetch-Site: cross-site with a preflight for the page's own site after a redirect from another origin", "redirects/preflight-site/001",
    ),
    "websocket_destination": (
        "{browser} {has} {its} own Sec-Fetch-Dest for a WebSocket, or {does} not send it", "initiators/websocket/001",
    ),
    "websocket_follows_redirects": ("{browser} follow{s} redirects of a WebSocket handshake", "websocket/redirect/001"),
    "loopback_gets_referrer": ("{browser} send{s} no Referer from an https page to http on this machine", "cookies/sent/025"),
    "upgraded_media_have_referrer": (
        "{browser} {does} not send a Referer header for audio and video whose URL was upgraded to https",
        "mixed/block-all-mixed-content/008",
    ),
    "blob_has_referrer": (
        "{browser} send{s} no Referer with what a script of a document or worker from a blob: URL requests", "initiators/worker-do/002",
    ),
    "fetch_of_srcdoc_has_referrer": ("{browser} send{s} no Referer with fetch() of a srcdoc frame", "cookies/sent-frame/006"),
    "styles_of_srcdoc_have_referrer": (
        "{browser} send{s} no Referer with what the styles of a srcdoc frame request", "origins/frame-initiator/017",
    ),
    "policy_free_styles": (
        "{browser} ignore{s} the page's referrer policy for images that its styles name", "referrer/styles/001",
    ),
    "subresources_name_the_page": (
        "In {browser} the Referer of a font or a module is the page, even if a style sheet or a module requests it",
        "initiators/css-font/003",
    ),
    "opaque_documents_have_referrer": (
        "{browser} send{s} no Referer with the requests of a sandboxed frame", "origins/frame-initiator/001",
    ),
    "scripts_of_opaque_documents_have_referrer": (
        "{browser} send{s} no Referer with fetch() in a sandboxed frame", "origins/frame-own/001",
    ),
    "opaque_documents_are_foreign": (
        "{browser} send{s} only the origin as the Referer of a sandboxed frame", "frames/beacon/001",
    ),
    "loopback_hides_origin": (
        "{browser} send{s} the page's origin with a no-cors POST from an https page to http on this machine", "workers/beacon/009",
    ),
    "relaxed_policies_count_across_sites": (
        "{browser} ignore{s} a referrer policy that shows another site more than the default does", "referrer/policy/009",
    ),
    "frames_inherit_referrer_policy": (
        "In {browser} the page's Referrer-Policy counts in frames that have none of their own", "referrer/frames/001",
    ),
    "referrer_policy_hides_origin": (
        "{browser} send{s} the page's origin with a no-cors POST even if Referrer-Policy is no-referrer", "policy/referrer/007",
    ),
    "http_cache_is_partitioned": ("{browser} use{s} a cached response on the pages of any site", "http-cache/star/002"),
    "http_cache_is_partitioned_by_frame": (
        "{browser} keep{s} the cached responses of frames apart by the frame's site", "http-cache/frames/001",
    ),
    "http_cache_separates_credentials": (
        "{browser} cache{s} responses to requests with and without credentials apart", "http-cache/credentials/001",
    ),
    "third_party_cookies_are_as_shipped": ("The recorded {browser} handle{s} third-party cookies differently from the browser that users have", ""),
    "http_cache_is_as_shipped": ("The recorded {browser} {has} a different HTTP cache from the browser that users have", ""),
    "login_dialog": ("{browser} ask{s} for a login with other requests than the Standard says", ""),
    "foreign_dialogs_count_as_refused": (
        "{browser} open{s} no more login dialogs for a site after the user has refused two", "auth/challenge-initiator/012",
    ),
    "dialog_follows_scripted_logins": (
        "{browser} open{s} a login dialog after status 401 even if the script has set Authorization", "auth/own-header/003",
    ),
    "challenges_may_share_a_line": (
        "{browser} take{s} only the first scheme of a line of WWW-Authenticate", "auth/shared-line/001",
    ),
    "known_logins_come_first": (
        "{browser} send{s} a known login in place of the Authorization header that the script set", "auth/own-header-cached/005",
    ),
    "userinfo_logs_in": ("{browser} answer{s} a 401 with the user name and password of the URL", "auth/userinfo/008"),
    "images_of_other_sites_ask": ("{browser} {does} not ask for a login for an image of another site", "auth/image/001"),
    "beacons_have_logins": ("{browser} send{s} a beacon without a known login", "auth/beacon/001"),
    "beacons_name_the_page": ("{browser} send{s} the page's origin with a beacon of a sandboxed frame", "frames/beacon/001"),
    "logins_are_partitioned": ("{browser} send{s} a login only for pages of the site on which it was made", "auth/cached/005"),
    "logins_cover_the_host": ("{browser} send{s} a login to every path of its host", ""),
    "foreign_logins_are_refused": ("{browser} {does} not ask for a login for an element of another origin", "auth/challenge-initiator/004"),
    "proxy_status_is_error": ("{browser} treat{s} status 407 from a server as a network error", "actual-status/h036"),
    "switching_is_interim": ("{browser} wait{s} for another response after status 101", "switching/with-cors"),
    "lead_must_be_line_ends": (
        "{browser} refuse{s} a response with other bytes than line ends before its status line", "garbage/fresh/four-line-feeds",
    ),
    "broken_chunks_fail": ("{browser} reject{s} a response whose chunks it cannot read", "chunks/no-number"),
    "preflight_body_must_end": ("{browser} wait{s} for the end of the body of a preflight response", "shorter/open"),
    "fonts_use_cors": ("{browser} load{s} fonts from other origins without CORS", "as-font/001"),
    "font_preloads_use_cors": ("{browser} preload{s} a font with CORS even without the attribute crossorigin", "initiators/preload/013"),
    "tracks_stay_at_home": ("{browser} load{s} a <track> of another origin without CORS", "elements/track/001"),
    "objects_count_as_frames": ("{browser} call{s} an <object> a frame in Sec-Fetch-Dest", "elements/object/001"),
    "statuses_without_document": ("In {browser}, a frame also keeps its document after a response with a status other than 204 and 205", "frames/status/001"),
    "embedder_policy_comes_first": (
        "{browser} check{s} the embedder policy of a framed page before its Cross-Origin-Resource-Policy", "policy/corp-coep/067",
    ),
    "never_requests": ("{browser} {does} not request web app manifests while a page loads", "initiators/manifest/006"),
    "unnoticed_in_frames": ("{browser} fire{s} the load event of a frame that shows an error page", "policy/frame-ancestors/002"),
    "refused_preloads_go_unnoticed": ("{browser} fire{s} the load event of a preload whose response is refused", "initiators/preload/008"),
    "manifests_omit_credentials": (
        "{browser} request{s} a manifest without cookies, even on the page's own origin", "elements/cookies/001",
    ),
    "judges_data_icons": ("{browser} show{s} an icon with a data: URL whatever the page's policies say", "page/icon/005"),
    "requests_default_icon": ("{browser} request{s} /favicon.ico for a page that names no icon", "page/icon/001"),
    "icons_are_upgraded": ("{browser} block{s} an http icon of an https page", "elements/mixed/001"),
    "insecure_forms_are_confirmed": (
        "{browser} ask{s} the user whether to send a form of an https page to an http URL", "mixed/initiator-port/018",
    ),
    "refused_forms_are_framed": ("In {browser} frame-src also counts for a form that form-action does not allow", "csp/form/001"),
    "form_action_covers_redirects": ("{browser} {does} not match form-action with what a form is redirected to", "elements/form/001"),
    "own_origin_elements_send_origin": (
        "{browser} send{s} an Origin header for an element with CORS to the page's own origin too", "as-image/h020",
    ),
    "opaque_page_sends_origin": ("{browser} send{s} Origin: null from an opaque page even without CORS", "as-script/h129"),
    "inactive_access_sends_origin": (
        "{browser} send{s} an Origin header without CORS if a third-party frame requests something of the page's own site", "cookies/inactive/001",
    ),
    "file_page_upgrades": ("{browser} request{s} the images of a page with a file: URL over https", "origins/file/009"),
    "refuses_userinfo": ("{browser} refuse{s} a user name or password in the URL here", "as-script/h187"),
    "elements_drop_userinfo": ("{browser} request{s} an element with CORS without the user name and password of its URL", "fz-mixed/002"),
    "first_userinfo_passes": ("{browser} accept{s} a user name and password in the URL of audio and video", "as-media/h142"),
    "redirected_userinfo_passes": ("{browser} accept{s} a user name and password after a redirect of XMLHttpRequest", "fz-mixed/029"),
    "refused_image_types": ("{browser} {does} not accept a PDF or a video as an image", "fz-type/005"),
    "unknown_integrity_needs_cors": (
        "{browser} block{s} a response without CORS for an integrity attribute without a known hash", "integrity/hash/018",
    ),
    "only_fetch_needs_cors_for_unknown_integrity": (
        "{browser} block{s} fetch(), but no element, without CORS if integrity names no known hash", "integrity/fetch/002",
    ),
    "integrity_ignores_case": ("{browser} accept{s} the names of hash algorithms in upper case", "integrity/value/013"),
    "integrity_names_have_dashes": ("{browser} accept{s} sha-256 as the name of a hash algorithm", "integrity/dash/009"),
    "checks_stated_digest": (
        "{browser} refuse{s} a body that is not the one in Unencoded-Digest", "integrity/signature/002",
    ),
    "checks_signatures": (
        "{browser} require{s} a signed response for an integrity attribute with ed25519", "integrity/signature/006",
    ),
    "preloads_have_integrity": (
        "{browser} {does} not compare every preload with its integrity attribute", "integrity/preload/003",
    ),
    "modules_use_preloads": ("{browser} {does} not use a preload for a module", "preload/more/001"),
    "failed_modules_are_kept": (
        "{browser} request{s} a module again that has failed in the same document", "modules/failed/001",
    ),
    "modulepreloads_use_modules": ("{browser} request{s} a module again for a <link rel=modulepreload>", "modules/map/003"),
    "preloads_serve_without_cors": (
        "{browser} use{s} a preload with crossorigin for an element without it, too", "preload/use/002",
    ),
    "documents_reuse": ("{browser} request{s} a style sheet only once for a document", "http-cache/twice/002"),
    "untyped_preloads": (
        "In {browser} a <link rel=preload> loads even if the element that uses it will refuse the Content-Type", "preload/type/001",
    ),
    "fetch_preload_error_from": ("{browser} {does} not accept a preload as=fetch with a status code of 300 or more", "preload/status/001"),
    "modulepreloads_have_integrity": (
        "{browser} {does} not compare a <link rel=modulepreload> with its integrity attribute", "integrity/modulepreload/001",
    ),
    "integrity_policy_covers_workers": (
        "{browser} enforce{s} the page's Integrity-Policy on what its workers import", "integrity-policy/use/018",
    ),
    "local_frames_inherit_integrity_policy": (
        "{browser} {does} not enforce the page's Integrity-Policy in srcdoc frames", "integrity-policy/use/024",
    ),
    "script_error_from": ("{browser} run{s} a script even if its status code is 300 to 399", "as-script/h063"),
    "need_javascript_type": ("{browser} {does} not require a JavaScript type for every script of a worker", "workers/type/001"),
    "blob_urls_have_referrer_policy": ("{browser} show{s} a Referrer-Policy in the response of a blob: URL", "workers/blob/001"),
    "workers_send_no_origin_home": (
        "{browser} send{s} no Origin header for the modules of a worker to the page's own origin", "workers/import/001",
    ),
    "module_error_from": ("{browser} run{s} a module even if its status code is 300 to 399", "fz-mixed/042"),
    "font_error_from": ("{browser} use{s} a font even if its status code is 300 to 399", "fz-mixed/005"),
    "stylesheet_error_from": ("{browser} use{s} a style sheet even if its status code is 300 to 399", "as-stylesheet/h065"),
    "media_statuses": ("{browser} play{s} audio and video only with some status codes", "as-media/h024"),
    "cookies": ("{browser} store{s} other cookies than the Standard says", ""),
    "opaque_media_statuses": (
        "{browser} play{s} audio and video of another origin without CORS only with some status codes", "as-media/h124",
    ),
    "bodiless_statuses": ("{browser} read{s} the body of a response with status 205", "as-image/h019"),
    "eventsource_needs_utf8": ("{browser} require{s} UTF-8 for an EventSource", "wpt-eventsource/032"),
    "type_is_judged_before_cors": ("{browser} check{s} the Content-Type before the CORS check", "fz-mixed/007"),
    "type_reading": ("{browser} read{s} a repeated or invalid Content-Type in {its} own way", "fz-type/012"),
    "type_ends_at": ("{browser} read{s} an invalid Content-Type only up to certain characters", "fz-type/015"),
    "redirect_loses_type_hint": ("{browser} require{s} a Content-Type for a style sheet after a redirect", "fz-type/027"),
    "checks_type_of_stylesheets": ("{browser} {does} not require the type text/css for a style sheet", "as-stylesheet/h042"),
    "orb_blocks_never_sniffed": ("{browser} block{s} no-cors scripts and images of types that are never sniffed", "as-script/h170"),
    "orb_spares_own_origin": ("{browser} {does} not block what redirects brought back to the page's own origin", "fz-mixed/017"),
    "orb_blocks_partial": ("{browser} block{s} a no-cors response with status 206 that is not the first part", "as-image/h131"),
    "orb_blocks_nosniff": ("{browser} block{s} no-cors images and media of the types HTML, JSON and XML with nosniff", "as-image/h135"),
    "orb_parses_scripts": ("{browser} block{s} no-cors scripts whose body is JSON or a page", "types/json/001"),
    "orb_sniffs_body": ("{browser} block{s} no-cors responses whose body begins like a page or data", "fz-body/001"),
    "orb_blocks_plain_text": ("{browser} {does} not block no-cors images and media of type text/plain", "fz-type/004"),
    "xhr_serializes_content_type": ("{browser} send{s} the Content-Type of XMLHttpRequest as the script wrote it", "safelist/h168"),
    "same_site_needs_registrable_domain": (
        "For Cross-Origin-Resource-Policy, {browser} treat{s} two ports of one IP address as different sites", "as-script/059",
    ),
    "unknown_resource_policies_pass": (
        "{browser} treat{s} an unknown value of Cross-Origin-Resource-Policy as cross-origin", "policy/corp-value/001",
    ),
    "websocket_sources_cover_http": (
        "In {browser}, ws: and wss: in the Content-Security-Policy allow only WebSockets", "csp/websocket-source/001",
    ),
    "hosts_cover_websockets": ("In {browser} a host without a scheme in the Content-Security-Policy allows WebSockets, too", ""),
    "refused_responses_are_cached": (
        "{browser} {does} not cache a response that fails the CORS check", "http-cache/refused/001",
    ),
    "refused_redirects_are_cached": ("{browser} {does} not cache a redirect that fails the CORS check", "http-cache/redirect/013"),
    "refused_responses_replace_others": (
        "{browser} keep{s} a cached response if the next one fails the CORS check", "http-cache/revalidated-refused/002",
    ),
    "media_are_cached": ("{browser} {does} not cache the responses to audio and video elements", "http-cache/media-first-star/001"),
    "statuses_not_cached": (
        "{browser} {does} not cache responses with some status codes, whatever Cache-Control says", "http-cache/status/500",
    ),
    "statuses_never_fresh": (
        "{browser} request{s} a response with some status codes again each time, whatever Cache-Control says", "http-cache/status/404",
    ),
    "keeps_responses_without_age": (
        "{browser} keep{s} no response for `cache: \"force-cache\"` that has no validator and does not say how long it is fresh",
        "http-cache/forced/001",
    ),
    "redirects_cached_for_good": ("{browser} cache{s} certain redirects although nothing says for how long", "http-cache/redirects/001"),
    "must_revalidate_is_stale": (
        "In {browser} must-revalidate without max-age makes a response stale", "http-cache/freshness/016",
    ),
    "http_cache_separates_destinations": (
        "{browser} {does} not answer fetch() from what an element has loaded from another site", "http-cache/image-first-no-vary/001",
    ),
    "knows_credentialless": ("{browser} ignore{s} Cross-Origin-Embedder-Policy: credentialless", "policy/coep-cookies/001"),
    "checks_local_network": (
        "{browser} require{s} a permission before a public page reaches this machine or the local network", "lna/s-denied/003",
    ),
    "local_network_needs_secure_context": (
        "In {browser} a page that was not loaded over https can have the permission for the local network, too", "lna/h-granted/003",
    ),
    "local_network_prompt_waits": ("In {browser} a request to the local network waits until the user has answered", "lna/s-pub/001"),
    "websocket_reaches_local_network": ("{browser} require{s} no permission for a WebSocket to the local network", "lna/websocket/003"),
    "knows_target_address_space": ("In {browser} fetch() has the option targetAddressSpace", "lna/target-address-space-local/002"),
    "knows_treat_as_public_address": (
        "In {browser} treat-as-public-address in the Content-Security-Policy makes a page count as public", "lna/treat-as-public/001",
    ),
    "frames_have_permissions": (
        "In {browser} the permission of a frame's own origin counts before that of the page", "lna/frame-permission/001",
    ),
    "knows_permissions_policy": ("In {browser} the header Permissions-Policy counts for the local network", "lna/permissions-policy/001"),
    "sandboxed_frames_keep_features": (
        "In {browser} a sandboxed frame of the page's own origin may reach the local network if the page may", "lna/sandbox/001",
    ),
    "path_escapes_pipe": ("{browser} send{s} `|` in a path as %7C", "url/h150"),
    "percent_encoding_is_normalized": ("{browser} decode{s} percent-encoded letters in a URL", "url/h163"),
    "data_url_has_length": ("{browser} show{s} a Content-Length for a data: URL", "url/004"),
    "expose_wildcard_survives_garbage": (
        "{browser} accept{s} `*` in an Access-Control-Expose-Headers that is not a valid list", "expose/h122",
    ),
}  # fmt: skip
