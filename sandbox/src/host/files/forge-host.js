// What Forge puts into a page of an app before the app's own scripts: the function that @forge/bridge calls, as messages to
// the page that framed it. The site's side is frames.js.
(() => {
  'use strict';
  let home;
  try {
    home = JSON.parse(window.name);
  } catch {
    home = null;
  }
  // Opened outside a frame of the site there is nobody to talk to, and no bridge.
  if (!home?.bridge || window.parent === window) return;

  const waiting = new Map();
  let calls = 0;
  let themed = false;

  const ask = (method, args) =>
    new Promise((done) => {
      calls += 1;
      waiting.set(calls, done);
      window.parent.postMessage({ bridge: home.bridge, call: calls, method, args }, home.origin);
    });

  function theme({ mode }) {
    document.documentElement.dataset.colorMode = mode;
    document.documentElement.dataset.theme = `${mode}:${mode}`;
  }

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== window.parent || origin !== home.origin || data?.bridge !== home.bridge) return;
    if (data.event === 'theme') {
      if (themed) theme(data.value);
      return;
    }
    waiting.get(data.call)?.(data.value);
    waiting.delete(data.call);
  });

  async function callBridge(name, payload) {
    const { value, thrown } = await ask('callBridge', [name, payload]);
    if (thrown) throw new Error(thrown);
    if (name !== 'enableTheming') return value;
    themed = true;
    theme(value);
    return undefined;
  }

  globalThis.__bridge = { callBridge };

  // A frame is as high as what is in it.
  addEventListener('DOMContentLoaded', () => {
    const measure = () => ask('resize', ['100%', Math.ceil(document.body.getBoundingClientRect().bottom + window.scrollY)]);
    new ResizeObserver(measure).observe(document.body);
    measure();
  });
})();
