// Makes the request that q describes. The result is a promise of JSON: how it ended for the script, and what the script could read.
async q => {
  if (q.justMade) q.url = URL.createObjectURL(new Blob(['ok']));
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
    x.onload = () => done({outcome: 'resolved', headers: x.getAllResponseHeaders().split(/\r?\n/).filter(Boolean).map(line => line.split(':')[0])});
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
      const lines = body === null ? [] : typeof body === 'string' && !/[\r\n]/.test(body) ? [...new URLSearchParams(body)] : [];
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
}
