// The page's way to Jira through Connect's bridge (`AP`, a plain script before this module).
// Knows nothing about what is shown. The other front door is forge.js.
import { start } from './app.js';

const bridge = globalThis.AP;
// This module lies in <base>/static/, so the base needs no setting.
const base = new URL('..', import.meta.url).href.replace(/\/$/, '');
const spare = 30;
let token = '';

const claims = (jwt) => JSON.parse(atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));

function lives(jwt) {
  try {
    return claims(jwt).exp - spare > Date.now() / 1000;
  } catch {
    return false;
  }
}

async function freshToken() {
  if (!lives(token)) {
    token = await new Promise((done, fail) => {
      setTimeout(() => fail(new Error('bridge')), 10_000);
      bridge.context.getToken(done);
    });
  }
  return token;
}

async function call(path, { method = 'GET', body, file, type } = {}) {
  const headers = { Authorization: `JWT ${await freshToken()}`, Accept: 'application/json' };
  if (file || body !== undefined) headers['Content-Type'] = file ? type : 'application/json';
  return fetch(base + path, { method, headers, body: file ?? (body === undefined ? undefined : JSON.stringify(body)), cache: 'no-store' });
}

start({
  // Whether there is a host at all.
  ready: () => Boolean(bridge?.context?.getToken),
  // What is shown stands in the page, where in its own address.
  fragment: () => ({ ...document.body.dataset, names: Object.fromEntries(new URLSearchParams(location.search)) }),
  async api(path, options) {
    const answer = await call(path, options);
    if (answer.status !== 401) return answer;
    token = ''; // the clock here may be wrong, or the site was installed again
    return call(path, options);
  },
  flag(kind, title, body) {
    bridge.flag?.create({ type: kind, title, body: body || '', close: 'auto' });
  },
  // The frame may not navigate its parent by itself.
  open(target) {
    if (bridge.navigator?.go) bridge.navigator.go('site', { absoluteUrl: target });
    else window.open(target, '_blank', 'noopener');
  },
  onTheme: () => bridge?.theming?.initializeTheming?.(),
});
