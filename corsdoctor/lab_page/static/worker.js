"use strict";
addEventListener("message", ({ data }) => {
  try {
    importScripts(data);
    postMessage("loaded");
  } catch {
    postMessage("failed");
  }
});
