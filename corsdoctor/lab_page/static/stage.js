// Makes the requests of the lab. It runs in a frame, which the page that shows the scenes sends what to request.
"use strict";

// In milliseconds. A result that only the time decided has `late`: `patience` multiplies the time where it is not as predicted.
const WAIT = 90000; // until a request counts as pending
const SETTLE = 2000; // from the load event until a framed page has said that it is shown
const SHOWN = 5000; // after which a frame shows nothing, or a beacon is not sent
const NAMED = new Set(["method", "mode", "credentials", "redirect", "cache", "integrity", "keepalive"]);

const cross = (element, asked) => {
  if (asked.mode === "cors") element.crossOrigin = asked.credentials === "include" ? "use-credentials" : "anonymous";
  return element;
};
const later = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value));
const settled = (target, good) =>
  new Promise((resolve) => {
    target.addEventListener(good, () => resolve({ outcome: "loaded" }));
    target.addEventListener("error", () => resolve({ outcome: "failed" }));
  });
const placed = (element, good, parent = document.head) => {
  const outcome = settled(element, good);
  parent.append(element);
  return outcome.finally(() => element.remove());
};
const made = (name, attributes) => Object.assign(document.createElement(name), attributes);
const link = (asked, rel, more = {}) => placed(cross(made("link", { rel, ...more, href: asked.url }), asked), "load");
const seen = (headers) => [...new Set([...headers].map(([name]) => name.toLowerCase()))].sort();

const image = async (asked) => {
  const element = cross(new Image(), asked);
  const outcome = settled(element, "load");
  element.src = asked.url;
  return [await outcome, element];
};
const player = (name) => (asked) => {
  const element = cross(made(name, { preload: "metadata" }), asked);
  const outcome = settled(element, "loadedmetadata");
  element.src = asked.url;
  return outcome;
};
const framed = (name, place) => async (asked, patience) => {
  const element = made(name, { name: "target", width: 40, height: 40 });
  const shown = new Promise((resolve) =>
    addEventListener("message", (event) => {
      if (event.data === new URL(asked.url).pathname) resolve({ outcome: "loaded" }); // the source of an <object> is another in Firefox
    }),
  );
  await place(element, asked);
  const ended = new Promise((resolve) => ["load", "error"].forEach((type) => element.addEventListener(type, resolve)));
  const nothing = { outcome: "failed", late: true };
  const outcome = await Promise.race([shown, ended.then(() => later(SETTLE * patience, nothing)), later(SHOWN * patience, nothing)]);
  element.remove();
  return outcome;
};
const worker = (options) => async (asked, patience) => {
  const started = new Worker(asked.url, options);
  const outcome = await Promise.race([settled(started, "message"), later(SHOWN * patience, { outcome: "loaded", late: true })]);
  started.terminate();
  return outcome;
};

async function fetched(asked) {
  const init = { cache: "no-store", headers: asked.headers ?? [] };
  for (const [name, value] of Object.entries(asked)) if (NAMED.has(name) && value !== null) init[name] = value;
  if (asked.api === "keepalive") init.keepalive = true;
  if (asked.body != null) init.body = asked.stream ? new Blob([asked.body]).stream() : asked.body;
  if (asked.stream) init.duplex = "half";
  const url = asked.url === "blob:" ? URL.createObjectURL(new Blob(["ok"])) : asked.url;
  const response = await fetch(url, init);
  const opaque = response.type.startsWith("opaque");
  return { outcome: opaque ? "opaque" : "allowed", readable: seen(response.headers), status: response.status };
}

function xhr(asked) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(asked.method, asked.url);
    for (const [name, value] of asked.headers) request.setRequestHeader(name, value);
    request.withCredentials = asked.credentials === "include";
    if (asked.upload_listener) request.upload.addEventListener("progress", () => {});
    request.onerror = () => resolve({ outcome: "failed" });
    request.onload = () => {
      const lines = request.getAllResponseHeaders().split("\r\n").filter(Boolean);
      resolve({ outcome: "allowed", readable: seen(lines.map((line) => line.split(":"))), status: request.status });
    };
    request.send(asked.body);
  });
}

// How many requests at the URL's path the lab received, preflight requests aside.
async function received(asked) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" } };
  const response = await fetch("/api/received", { ...init, body: JSON.stringify({ path: new URL(asked.url).pathname }) });
  return (await response.json()).received;
}

async function beacon(asked, patience) {
  const before = await received(asked);
  const type = (asked.headers ?? []).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  if (!navigator.sendBeacon(asked.url, type ? new Blob([asked.body], { type }) : asked.body)) return { outcome: "failed" };
  const end = performance.now() + SHOWN * patience;
  while (performance.now() < end) {
    await later(100);
    if ((await received(asked)) > before) return { outcome: "loaded" };
  }
  return { outcome: "failed", late: true };
}

const PERFORM = {
  beacon,
  fetch: fetched,
  keepalive: fetched,
  xhr,
  eventsource: async (asked) => {
    const source = new EventSource(asked.url, { withCredentials: asked.credentials === "include" });
    const outcome = await settled(source, "open");
    source.close();
    return outcome;
  },
  websocket: async (asked) => {
    const socket = new WebSocket(asked.url.replace(/^http/, "ws"));
    const outcome = await settled(socket, "open");
    socket.close();
    return outcome;
  },
  image: async (asked) => {
    const [outcome, element] = await image(asked);
    if (outcome.outcome === "failed") return outcome;
    const context = document.createElement("canvas").getContext("2d");
    context.drawImage(element, 0, 0);
    try {
      context.getImageData(0, 0, 1, 1);
    } catch {
      return { outcome: "opaque" };
    }
    return { outcome: "allowed" };
  },
  webgl: async (asked) => {
    const [outcome, element] = await image(asked);
    if (outcome.outcome === "failed") return outcome;
    const gl = document.createElement("canvas").getContext("webgl");
    if (gl === null) return { outcome: "unavailable", why: "This browser has no WebGL." };
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, element);
    return { outcome: "allowed" };
  },
  script: (asked) => placed(cross(made("script", { src: asked.url }), asked), "load"),
  module: (asked) => placed(cross(made("script", { type: "module", src: asked.url }), asked), "load"),
  importmap: (asked) => placed(made("script", { type: "importmap", src: asked.url }), "load"),
  import: async (asked) => {
    await import(asked.url);
    return { outcome: "loaded" };
  },
  worker: worker({}),
  "module-worker": worker({ type: "module" }),
  "import-scripts": (asked) =>
    new Promise((resolve) => {
      const helper = new Worker("/worker.js", { type: asked.worker ?? "classic" });
      helper.onmessage = (event) => {
        helper.terminate();
        resolve({ outcome: event.data });
      };
      helper.postMessage(asked.url);
    }),
  "sw-script": async (asked) => {
    const registration = await navigator.serviceWorker.register(asked.url);
    await registration.unregister();
    return { outcome: "loaded" };
  },
  stylesheet: (asked) => link(asked, "stylesheet"),
  "css-import": (asked) => placed(made("style", { textContent: `@import url(${JSON.stringify(asked.url)});` }), "load"),
  font: async (asked) => {
    await new FontFace("lab", `url(${JSON.stringify(asked.url)})`).load();
    return { outcome: "loaded" };
  },
  media: player("audio"),
  video: player("video"),
  track: async (asked) => {
    const video = cross(document.createElement("video"), asked);
    const track = made("track", { src: asked.url });
    const outcome = settled(track, "load");
    video.append(track);
    document.body.append(video);
    track.track.mode = "hidden";
    return outcome.finally(() => video.remove());
  },
  "svg-image": (asked) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const element = document.createElementNS("http://www.w3.org/2000/svg", "image");
    const outcome = settled(element, "load");
    svg.append(element);
    document.body.append(svg);
    element.setAttribute("href", asked.url);
    return outcome.finally(() => svg.remove());
  },
  shape: async (asked, patience) => {
    // The image is transparent: where it is loaded, the text begins at the left edge of the floating box.
    const box = document.createElement("div");
    const float = box.appendChild(document.createElement("i"));
    const text = box.appendChild(made("b", { textContent: "x" }));
    box.style.cssText = "position: absolute; left: 0; top: 0; width: 200px";
    float.style.cssText = "float: left; width: 100px; height: 100px";
    float.style.shapeOutside = `url(${JSON.stringify(asked.url)})`;
    document.body.append(box);
    const end = performance.now() + SHOWN * patience;
    while (performance.now() < end && text.offsetLeft > 50) await later(100);
    const outcome = text.offsetLeft > 50 ? { outcome: "failed", late: true } : { outcome: "loaded" };
    box.remove();
    return outcome;
  },
  preload: (asked) => link(asked, "preload", { as: asked.as ?? "fetch" }),
  modulepreload: (asked) => link(asked, "modulepreload"),
  prefetch: (asked) => link(asked, "prefetch"),
  iframe: framed("iframe", (element, asked) => {
    element.src = asked.url;
    document.body.append(element);
  }),
  object: framed("object", (element, asked) => {
    Object.assign(element, { type: "text/html", data: asked.url });
    document.body.append(element);
  }),
  form: framed("iframe", async (element, asked) => {
    element.name = `frame-${Math.random()}`;
    const empty = new Promise((resolve) => element.addEventListener("load", resolve, { once: true }));
    document.body.append(element);
    await Promise.race([empty, later(100)]);
    const form = made("form", { method: asked.method, action: asked.url, target: element.name });
    document.body.append(form);
    form.submit();
    form.remove();
  }),
};

async function perform(asked, patience) {
  const run = PERFORM[asked.api ?? "fetch"];
  if (run === undefined) return { outcome: "unavailable", why: `This page cannot make a request by ${asked.api}.` };
  try {
    return await Promise.race([run(asked, patience), later(WAIT, { outcome: "pending" })]);
  } catch (error) {
    return { outcome: "failed", error: String(error) };
  }
}

addEventListener("message", async ({ data, source }) => {
  if (source !== parent || data?.requests === undefined) return;
  let result;
  for (const asked of data.requests) result = await perform(asked, data.patience);
  parent.postMessage({ id: data.id, result }, "*");
});
parent.postMessage("ready", "*");
