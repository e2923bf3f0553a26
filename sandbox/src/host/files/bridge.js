// The app's side of the bridge, as a page in a frame of this site loads it: a small part of what Connect's all.js offers,
// with the same names. It talks to the page that framed it, by messages; the site's side is frames.js.
(() => {
  'use strict';
  let home;
  try {
    home = JSON.parse(window.name);
  } catch {
    home = null;
  }
  // Opened outside a frame of the site there is nobody to talk to, and no AP.
  if (!home?.bridge || window.parent === window) return;

  const own = document.currentScript;
  const options = Object.fromEntries((own?.dataset.options ?? '').split(';').filter(Boolean).map((pair) => pair.split(':')));
  const waiting = new Map();
  const listeners = new Map();
  let calls = 0;

  const ask = (method, args = []) =>
    new Promise((done) => {
      calls += 1;
      waiting.set(calls, done);
      window.parent.postMessage({ bridge: home.bridge, call: calls, method, args }, home.origin);
    });

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== window.parent || origin !== home.origin || data?.bridge !== home.bridge) return;
    if (data.event) for (const listen of listeners.get(data.event) ?? []) listen(data.value);
    else {
      waiting.get(data.call)?.(data.value);
      waiting.delete(data.call);
    }
  });

  const on = (event, listen) => listeners.set(event, [...(listeners.get(event) ?? []), listen]);
  const back = (method) => (callback) => {
    const answer = ask(method);
    if (callback) answer.then(callback);
    return answer;
  };

  function theme({ mode }) {
    document.documentElement.dataset.colorMode = mode;
    document.documentElement.dataset.theme = `${mode}:${mode}`;
  }

  function measure() {
    const part = document.querySelector('.ac-content, #content') ?? document.body;
    const { bottom } = part.getBoundingClientRect();
    ask('resize', ['100%', Math.ceil(bottom + window.scrollY)]);
  }

  function watch() {
    const part = document.querySelector('.ac-content, #content') ?? document.body;
    new ResizeObserver(measure).observe(part);
    measure();
  }

  addEventListener('DOMContentLoaded', () => {
    if (options.margin !== 'false') document.body.style.margin = '10px 10px 0 10px';
    if (options.resize !== 'false') watch();
  });

  window.AP = {
    context: { getToken: back('getToken'), getContext: back('getContext') },
    user: { getCurrentUser: back('getCurrentUser') },
    flag: { create: (flag) => (ask('flag', [flag]), { close() {} }) },
    navigator: { go: (target, context) => void ask('go', [target, context]), getLocation: back('getLocation') },
    history: {
      getState: (type, callback) => ask('getState').then(callback ?? (() => {})),
      pushState: (state) => void ask('pushState', [state]),
      replaceState: (state) => void ask('pushState', [state]),
    },
    theming: {
      initializeTheming() {
        on('theme', theme);
        return ask('theme').then(theme);
      },
    },
    resize: (width, height) => void ask('resize', [width, height ?? document.body.scrollHeight]),
    sizeToParent: () => void ask('resize', ['100%', window.screen.height]),
    events: { on, off: () => {}, emit: () => {} },
    getLocation: back('getLocation'),
  };
})();
