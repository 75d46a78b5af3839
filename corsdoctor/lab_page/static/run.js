// Runs scenes in frames, and compares the results with the predictions for this browser.
const AGREES = {
  allowed: ["allowed", "loaded"],
  opaque: ["opaque", "loaded"],
  blocked: ["failed"],
  error: ["failed"],
  pending: ["pending"],
};
const AT_ONCE = 12;
const START = 90000; // milliseconds that a frame may take to load
const PATIENCE = [1, 15]; // how much longer a scene may take whose result is not as predicted, and was decided by the time only

export const browser = (() => {
  const agent = navigator.userAgent;
  const firefox = /Firefox\/(\d+)/.exec(agent);
  if (firefox) return { name: "firefox", title: `Firefox ${firefox[1]}` };
  const brand = navigator.userAgentData?.brands.find(({ brand }) => brand !== "Chromium" && !/not.?a.?brand/i.test(brand));
  const chromium = /Chrom(?:e|ium)\/(\d+)/.exec(agent);
  if (chromium) return { name: "chromium", title: `${brand?.brand ?? "Chromium"} ${chromium[1]}` };
  return { name: "webkit", title: `WebKit ${/Version\/([\d.]+)/.exec(agent)?.[1] ?? ""}`.trim() };
})();

class Stage {
  // A frame that makes requests: `path` is its page; if `opaque`, its origin is null.
  constructor(path, opaque) {
    this.waiting = new Map();
    this.frame = document.createElement("iframe");
    this.frame.className = "stage";
    this.frame.title = "Makes the requests";
    this.frame.ariaHidden = "true";
    this.frame.tabIndex = -1;
    if (opaque) this.frame.sandbox = "allow-scripts";
    this.ready = new Promise((resolve, reject) => {
      this.started = resolve;
      setTimeout(reject, START, new Error("The frame that makes the requests did not start."));
    });
    this.ready.catch(() => {});
    this.hear = ({ source, data }) => {
      if (source !== this.frame.contentWindow) return;
      if (data === "ready") this.started();
      else this.waiting.get(data?.id)?.(data.result);
    };
    addEventListener("message", this.hear);
    this.frame.src = path;
    document.body.append(this.frame);
  }

  async perform(id, requests, patience) {
    await this.ready;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.frame.contentWindow.postMessage({ id, requests, patience }, "*");
    });
  }

  close() {
    removeEventListener("message", this.hear);
    this.frame.remove();
  }
}

// Whether the result is the one that was predicted for this browser; null if the browser cannot show it.
export const agrees = (predicted, result) => {
  if (result.outcome === "unavailable") return null;
  if (!AGREES[predicted.verdict]?.includes(result.outcome)) return false;
  return result.readable === undefined || JSON.stringify(result.readable) === JSON.stringify([...(predicted.readable ?? [])].sort());
};

// Runs `scenes`, and calls `done(scene, result, agreed)` for each that ends.
export async function run(scenes, done) {
  const shared = { false: new Stage("/stage", false), true: new Stage("/stage", true) };
  const left = [...scenes];
  const one = async () => {
    for (let scene = left.shift(); scene !== undefined; scene = left.shift()) {
      const own = scene.headers ? new Stage(`/stage${scene.path}`, false) : null;
      let result, agreed;
      try {
        for (const patience of PATIENCE) {
          result = await (own ?? shared[scene.opaque]).perform(scene.path, scene.requests, patience);
          agreed = agrees(scene.predicted[browser.name], result);
          if (agreed !== false || !result.late) break;
        }
      } catch (error) {
        [result, agreed] = [{ outcome: "unavailable", why: error.message }, null];
      }
      own?.close();
      done(scene, result, agreed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  Object.values(shared).forEach((stage) => stage.close());
}
