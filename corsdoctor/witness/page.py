"""The page that has the origin, and the script that makes the request in it.

The script is not part of the page: the driver of the browser evaluates it there, so that no policy of the page blocks it.
In a frame it is part of the frame's document, and a worker is made of it.
"""

from __future__ import annotations

import json
from typing import Any, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.host import is_loopback
from corsdoctor.record import Record
from corsdoctor.scenario import JUST_MADE, Api, Scenario
from corsdoctor.scenario.page import LOCAL_DOCUMENTS, Frame, WorkerType
from corsdoctor.url import parse
from corsdoctor.wire import Headers, Response

SECONDS: Final = 75
"""How long the script waits for the end of a request: longer than a slow preflight response and a slow response take."""
PENDING_SECONDS: Final = 8
"""How long it waits where no end is predicted."""
FROM_PAGE: Final = "fetch({url}, {{mode: 'no-cors', credentials: 'include'}}).then(() => '', () => '')"
"""JavaScript that requests a page that sets cookies: Firefox keeps them apart by top-level site."""
LATER: Final = "new Promise(done => setTimeout(done, 700, ''))"
"""JavaScript that lets the console of the page catch up with its requests."""
_HOST_OF_NULL: Final = "sandboxed-page.example"
_SANDBOXED: Final = Frame("?frame", sandbox=frozenset({"allow-scripts"}))
_HTML: Final = '<!doctype html><meta charset="utf-8"><title>corsdoctor</title><link rel="icon" href="data:,">'
UNSEEN: Final = frozenset(
    {
        Api.BEACON, Api.SHAPE, Api.CSS_IMAGE, Api.CSS_IMPORT, Api.CSS_MASK, Api.CSS_CURSOR, Api.SVG_IMAGE, Api.SVG_USE,
        Api.PREFETCH, Api.MANIFEST, Api.ICON, Api.IFRAME, Api.OBJECT, Api.FORM, Api.WORKER, Api.MODULE_WORKER,
    }
)  # fmt: skip
"""What no event tells the page about: the requests and the console show what happened."""
LIVELY: Final = frozenset({Api.IFRAME, Api.OBJECT, Api.FORM, Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})
"""What makes a document or a worker of the response, whose requests are not those of the page: it gets an empty body."""


class Page(Record):
    """A document that the proxy serves to a browser at `url`, with these response headers."""

    url: str
    headers: Headers
    html: str

    @property
    def key(self) -> str:
        """What two pages that are the same have in common."""
        return json.dumps((self.url, self.headers.pairs, self.html))

    def response(self) -> Response:
        """What the proxy answers for it."""
        body = self.html.encode()
        own = (("Content-Type", "text/html"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"))
        return Response(200, Headers((*own, *self.headers)), "OK", body=body)


def page_of(scenario: Scenario, path: str) -> Page:
    """The page of `scenario`; at `path`, unless the page's own URL is known."""
    if scenario.client is not None:
        page = scenario.client.page
        return Page(page.url.on_the_wire, _policies(page.headers), _HTML + page.head)
    if scenario.origin.opaque:
        url = scenario.requested_url
        scheme = "http" if url is not None and url.scheme == "http" else "https"
        return Page(f"{scheme}://{_HOST_OF_NULL}{path}", Headers(), _HTML)
    return Page(f"{scenario.origin}{path}", Headers(), _HTML)


def frame_of(scenario: Scenario) -> Frame | None:
    """The frame in which the request is made; a page whose origin is null is a sandboxed one."""
    if scenario.client is not None:
        return scenario.client.frame
    return _SANDBOXED if scenario.origin.opaque else None


def frames_of(scenario: Scenario, page: Page, seconds: float) -> tuple[Page, ...]:
    """The document of the frame in which the request is made, where it is requested from a server."""
    frame = frame_of(scenario)
    if frame is None or frame.url in LOCAL_DOCUMENTS:
        return ()
    url = parse(frame.url, page.url)
    assert url is not None  # as it was read
    return (Page(url.on_the_wire, _policies(frame.headers), _document(scenario, seconds)),)


def _policies(headers: Headers) -> Headers:
    return Headers(tuple(line for line in headers if line[0].lower() in _POLICIES))


def cookie_pages(scenario: Scenario, path: str) -> tuple[Page, ...]:
    """The pages that set the cookies which the browser holds, as their servers would; the last one sets scenario.cookie."""
    asked = scenario.requested_url
    if asked is None:
        return ()
    lines: dict[str, list[tuple[str, str]]] = {}
    for held in scenario.held:
        lines.setdefault(held.url or asked.on_the_wire, []).append(("Set-Cookie", held.line))
    if scenario.cookie is not None:
        plain, cross_site = "; Path=/", "; Path=/; SameSite=None; Secure"
        # WebKit refuses Secure on http, where it sends the plain cookie to every site; the others trust this machine
        kinds = (
            (cross_site,) if asked.scheme == "https" else (plain, cross_site) if is_loopback(asked.host) else (plain,)
        )
        pairs = [pair.strip() for pair in scenario.cookie.split(";") if pair.strip()]
        lines[f"{asked.origin}{path}-cookies"] = [("Set-Cookie", f"{pair}{kind}") for kind in kinds for pair in pairs]
    return tuple(Page(url, Headers(tuple(set_)), _HTML) for url, set_ in lines.items())


_POLICIES: Final = frozenset(
    {
        "content-security-policy", "cross-origin-embedder-policy", "cross-origin-opener-policy", "origin-agent-cluster",
        "permissions-policy", "referrer-policy",
    }
)  # fmt: skip
"""The headers of a page's response that decide about its requests."""


def refused(scenario: Scenario) -> str | None:
    """Why no real browser can be asked about the request; None if it can."""
    origin, frame = scenario.origin, frame_of(scenario)
    if frame is not None and frame.sandbox is not None and "allow-scripts" not in frame.sandbox:
        return "--in makes the request by a script, which a frame without allow-scripts in its sandbox does not run"
    if origin.opaque and origin.label.endswith(":") and (scenario.client is None or scenario.client.frame is None):
        return f"a server cannot give a page the origin of {origin.label} URLs"
    if not origin.opaque and origin.scheme not in ("http", "https"):
        return f"only an application or extension can have a page with the origin {origin}"
    if scenario.certificate:
        return "--in does not give a browser the client certificate"
    return None


def wanted(scenario: Scenario, seconds: float) -> dict[str, Any]:
    """What the script needs to know about the request."""
    preset, url, init = PRESETS[scenario.api], scenario.parsed_url, scenario.init
    body = scenario.body
    return {
        "url": scenario.url if url is None else url.href,
        "api": str(scenario.api),
        "method": scenario.method,
        "headers": scenario.headers,
        "credentials": str(scenario.credentials or preset.credentials[0]),
        "mode": init.refused_mode or str(scenario.mode or preset.modes[0]),
        "redirect": str(scenario.redirect),
        "body": None if body is None else body.decode("latin-1"),
        "text": body is not None and _is_text(body),
        "streamed": scenario.streamed,
        "upload": scenario.upload_listener,
        "as": str(scenario.preload_as or "fetch"),
        "blobType": init.body_type,
        "keepalive": init.keepalive,
        "priority": init.priority,
        "space": init.target_address_space,
        "cache": init.cache,
        "integrity": init.integrity,
        "referrerPolicy": init.referrer_policy,
        "user": init.username,
        "password": init.password,
        "seconds": seconds,
    }


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def expression(scenario: Scenario, seconds: float) -> str:
    """JavaScript for a promise of what came of the request within so many `seconds`."""
    frame = frame_of(scenario)
    if frame is None:
        return _call(scenario, seconds)
    shown = {
        "url": frame.url,
        "text": _document(scenario, seconds) if frame.url in LOCAL_DOCUMENTS else "",
        "sandbox": None if frame.sandbox is None else " ".join(sorted(frame.sandbox)),
        "allow": frame.allow,
    }
    return f"({_IN_FRAME})({_as_code(shown)})"


def _call(scenario: Scenario, seconds: float) -> str:
    """The script with what it needs; in a worker, which is made of it, where a worker makes the request."""
    call = f"({_SCRIPT})({_as_code(wanted(scenario, seconds))})"
    kind = None if scenario.client is None else scenario.client.worker
    if kind is None and scenario.api is Api.IMPORT_SCRIPTS:  # which only workers have
        kind = WorkerType.CLASSIC
    return call if kind is None else f"({_IN_WORKER})({_as_code(call)}, {_as_code(str(kind))})"


def _document(scenario: Scenario, seconds: float) -> str:
    """The document of a frame, which makes the request and gives its end to the page."""
    script = f"parent.postMessage('', '*'); {_call(scenario, seconds)}.then(end => parent.postMessage(end, '*'))"
    return f"{_HTML}<body><script>{script}</script>"


def _as_code(value: object) -> str:
    """A value as JavaScript that can stand in a <script>."""
    return json.dumps(value).replace("<", "\\u003c")


_IN_FRAME: Final = """q => new Promise(done => {
  const frame = document.createElement('iframe');
  let ran = false;
  addEventListener('message', e => {
    if (e.source !== frame.contentWindow) return;
    if (e.data) done(e.data);
    ran = true;
  });
  frame.addEventListener('load', () => setTimeout(() => ran || done('{"outcome": "unseen", "silent": true}'), 5000));
  if (q.sandbox !== null) frame.setAttribute('sandbox', q.sandbox);
  if (q.allow !== null) frame.allow = q.allow;
  if (q.url === 'about:srcdoc') frame.srcdoc = q.text;
  else if (q.url === 'data:') frame.src = 'data:text/html;charset=utf-8,' + encodeURIComponent(q.text);
  else frame.src = q.url === 'blob:' ? URL.createObjectURL(new Blob([q.text], {type: 'text/html'})) : q.url;
  document.body.append(frame);
})"""
_IN_WORKER: Final = """(code, type) => new Promise(done => {
  const text = code + '.then(end => postMessage(end))';
  const worker = new Worker(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})), {type});
  worker.onmessage = e => { worker.terminate(); done(e.data); };
  worker.onerror = () => done(JSON.stringify({outcome: 'rejected', origin: self.origin}));
})"""
_SCRIPT: Final = """async q => {
  if (q.url === JUST_MADE) q.url = URL.createObjectURL(new Blob(['ok']));
  const sleep = ms => new Promise(done => setTimeout(done, ms));
  const ok = good => ({outcome: good ? 'resolved' : 'rejected'});
  const made = (tag, fields) => Object.assign(document.createElement(tag), fields);
  const cross = e => {
    if (q.mode === 'cors') e.crossOrigin = q.credentials === 'include' ? 'use-credentials' : 'anonymous';
    if (q.integrity) e.integrity = q.integrity;
    return e;
  };
  const settled = (e, good) => new Promise(done => {
    e.addEventListener(good, () => done(true));
    e.addEventListener('error', () => done(false));
  });
  const added = e => { const end = settled(e, 'load'); document.head.append(e); return end.then(ok); };
  const readable = read => {
    try { read(); return {outcome: 'resolved', type: 'cors'}; } catch (e) { return {outcome: 'resolved', type: 'opaque'}; }
  };
  const drawn = e => readable(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.drawImage(e, 0, 0);
    canvas.getImageData(0, 0, 1, 1);
  });
  const unseen = async () => { await sleep(700); return {outcome: 'unseen'}; };
  const style = css => { document.head.append(made('style', {textContent: css})); return unseen(); };
  const box = css => {
    document.body.append(made('div', {id: 'box'}));
    return style('#box { float: left; width: 9px; height: 9px; background: red; ' + css + ' }');
  };
  const framed = e => { document.body.append(e); return unseen(); };
  const working = w => Promise.race([settled(w, 'message').then(ok), unseen()]);
  const link = fields => made('link', {...fields, href: q.url});
  const bytes = q.body === null ? null : Uint8Array.from(q.body, c => c.charCodeAt(0));
  const text = bytes !== null && q.text ? new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes) : bytes;
  const body = q.blobType === null ? text : new Blob([text ?? ''], {type: q.blobType});
  const type = q.headers.find(([name]) => name.toLowerCase() === 'content-type');
  const css = 'url("' + q.url + '")';
  const image = async () => { const e = cross(new Image()), end = settled(e, 'load'); e.src = q.url; return await end ? e : null; };
  const fetched = async keepalive => {
    const init = {method: q.method, headers: q.headers, credentials: q.credentials, mode: q.mode, redirect: q.redirect, cache: q.cache};
    if (q.integrity) init.integrity = q.integrity;
    if (q.referrerPolicy) init.referrerPolicy = q.referrerPolicy;
    if (keepalive || q.keepalive) init.keepalive = true;
    if (q.priority !== 'auto') init.priority = q.priority;
    if (q.space !== null) init.targetAddressSpace = q.space;
    if (body !== null) init.body = body;
    if (q.streamed) Object.assign(init, {duplex: 'half', body: new ReadableStream({start(c) { c.enqueue(bytes ?? new Uint8Array()); c.close(); }})});
    try { new Request(q.url, q.streamed ? {...init, body: undefined} : init); } catch (e) { return {outcome: 'threw', error: String(e)}; }
    const r = await fetch(q.url, init);
    return {outcome: 'resolved', type: r.type, headers: [...r.headers].map(([name]) => name)};
  };
  const xhr = () => new Promise(done => {
    const x = new XMLHttpRequest();
    x.open(q.method, q.url, true, q.user, q.password);
    for (const [name, value] of q.headers) x.setRequestHeader(name, value);
    x.withCredentials = q.credentials === 'include';
    if (q.upload) x.upload.addEventListener('progress', () => {});
    x.onload = () => done({outcome: 'resolved', headers: x.getAllResponseHeaders().split(/\\r?\\n/).filter(Boolean).map(line => line.split(':')[0])});
    x.onerror = () => done({outcome: 'rejected', error: 'error event'});
    x.send(body);
  });
  const loaders = {
    fetch: () => fetched(false),
    keepalive: () => fetched(true),
    xhr,
    beacon: async () => navigator.sendBeacon(q.url, type && bytes !== null ? new Blob([bytes], {type: type[1]}) : body) ? unseen() : ok(false),
    eventsource: async () => {
      const e = new EventSource(q.url, {withCredentials: q.credentials === 'include'}), end = await settled(e, 'open');
      e.close();
      return ok(end);
    },
    websocket: async () => { const e = new WebSocket(q.url), end = await settled(e, 'open'); e.close(); return ok(end); },
    image: async () => { const e = await image(); return e ? drawn(e) : ok(false); },
    webgl: async () => {
      const e = await image(), gl = document.createElement('canvas').getContext('webgl');
      if (!e || !gl) return e ? {outcome: 'unseen'} : ok(false);
      return readable(() => { gl.bindTexture(gl.TEXTURE_2D, gl.createTexture()); gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, e); });
    },
    media: async () => { const e = cross(made('audio', {preload: 'metadata'})), end = settled(e, 'loadedmetadata'); e.src = q.url; return ok(await end); },
    video: async () => {
      const e = cross(made('video', {preload: 'auto'})), end = settled(e, 'loadeddata');
      e.src = q.url;
      return await end && e.videoWidth ? drawn(e) : ok(await end);
    },
    script: () => added(Object.assign(cross(made('script')), {src: q.url})),
    module: () => added(Object.assign(cross(made('script', {type: 'module'})), {src: q.url})),
    import: async () => { await import(q.url); return ok(true); },
    stylesheet: async () => { const e = cross(link({rel: 'stylesheet'})), r = await added(e); return r.outcome === 'resolved' ? readable(() => e.sheet.cssRules) : r; },
    font: async () => { await new FontFace('f', css).load(); return ok(true); },
    preload: () => added(cross(link({rel: 'preload', as: q.as}))),
    modulepreload: () => added(cross(link({rel: 'modulepreload'}))),
    prefetch: async () => { document.head.append(cross(link({rel: 'prefetch'}))); return unseen(); },
    manifest: async () => { document.head.append(cross(link({rel: 'manifest'}))); return unseen(); },
    icon: async () => { document.head.append(link({rel: 'icon'})); return unseen(); },
    'css-image': () => style('body { background-image: ' + css + '; }'),
    'css-import': () => style('@import ' + css + ';'),
    'css-cursor': () => style('body { cursor: ' + css + ', auto; }'),
    'css-mask': () => box('mask-image: ' + css + ';'),
    shape: () => box('shape-outside: ' + css + ';'),
    track: () => {
      const e = document.createElement('video'), t = made('track', {src: q.url}), end = settled(t, 'load');
      cross(e).append(t);
      document.body.append(e);
      t.track.mode = 'hidden';
      return end.then(ok);
    },
    importmap: () => added(made('script', {type: 'importmap', src: q.url})),
    'import-scripts': async () => { importScripts(q.url); return ok(true); },
    worker: () => working(new Worker(q.url)),
    'module-worker': () => working(new Worker(q.url, {type: 'module', credentials: q.credentials})),
    'sw-script': async () => { await (await navigator.serviceWorker.register(q.url)).unregister(); return ok(true); },
    iframe: () => framed(made('iframe', {src: q.url})),
    object: () => framed(made('object', {data: q.url})),
    form: () => {
      const f = made('form', {method: q.method, action: q.url, target: 'sent'});
      const lines = body === null ? [] : typeof body === 'string' && !/[\\r\\n]/.test(body) ? [...new URLSearchParams(body)] : [];
      for (const [name, value] of lines) f.append(made('input', {type: 'hidden', name, value}));
      document.body.append(made('iframe', {name: 'sent'}), f);
      f.submit();
      return unseen();
    },
    'svg-image': async () => { document.body.insertAdjacentHTML('beforeend', '<svg><image href="' + encodeURI(q.url) + '"/></svg>'); return unseen(); },
    'svg-use': async () => { document.body.insertAdjacentHTML('beforeend', '<svg><use href="' + encodeURI(q.url) + '#x"/></svg>'); return unseen(); },
  };
  const late = sleep(q.seconds * 1000).then(() => ({outcome: 'timeout'}));
  let end;
  try { end = await Promise.race([loaders[q.api](), late]); } catch (e) { end = {outcome: 'rejected', error: String(e)}; }
  return JSON.stringify({...end, origin: self.origin});
}""".replace("JUST_MADE", json.dumps(JUST_MADE))
