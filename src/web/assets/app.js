// Shows what the server renders, keeps it fresh, and carries buttons to the API.
// Knows no host (see connect.js, forge.js) and no words: every sentence comes from the server or from the shell's templates.

import { forms } from './forms.js';

const content = document.getElementById('content');

/* times: the server writes UTC, the reader sees their own */

let day;
let ago;

// The page's language is settled once its host is there.
function speak() {
  const { lang } = document.documentElement;
  const language = navigator.languages.find((l) => l.split('-')[0] === lang) || lang;
  day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
}

const units = [['second', 60], ['minute', 60], ['hour', 24], ['day', 14]];

function told(at) {
  let amount = Math.min(0, (at - Date.now()) / 1000);
  for (const [unit, many] of units) {
    if (-amount < many) return unit === 'second' && amount > -10 ? ago.format(0, 'second') : ago.format(Math.ceil(amount), unit);
    amount /= many;
  }
  return day.format(at);
}

function localise(part) {
  for (const time of part.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = time.dataset.as === 'ago' ? told(at) : day.format(at);
    time.title = day.format(at);
  }
}

/* patching: an unchanged node stays, with its focus, its selection and its open details */

function patchAttributes(have, want) {
  const kept = (name) => name === 'open' && have.touched;
  for (const { name } of [...have.attributes]) if (!want.hasAttribute(name) && !kept(name)) have.removeAttribute(name);
  for (const { name, value } of want.attributes) if (have.getAttribute(name) !== value && !kept(name)) have.setAttribute(name, value);
}

function patch(old, next, arriving) {
  const keyed = new Map([...old.children].filter((n) => n.dataset.key).map((n) => [n.dataset.key, n]));
  let at = old.firstChild;
  for (const want of [...next.childNodes]) {
    const key = want.dataset?.key;
    const have = key ? keyed.get(key) : at?.dataset?.key ? null : at;
    if (have && have.nodeName === want.nodeName) {
      if (have === at) at = at.nextSibling;
      else old.insertBefore(have, at);
      if (want.nodeType === Node.ELEMENT_NODE) {
        patchAttributes(have, want);
        patch(have, want, arriving);
      } else if (have.data !== want.data) have.data = want.data;
    } else {
      old.insertBefore(want, at);
      if (key && arriving) want.classList.add('fresh');
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/* states that the shell brings along */

function bones(surface) {
  const made = state('loading');
  made.querySelector('[data-surface]').className = surface;
  return made;
}

function state(name, slots = {}) {
  const made = document.getElementById(`state-${name}`).content.cloneNode(true);
  for (const slot of made.querySelectorAll('[data-slot]')) {
    const text = slots[slot.dataset.slot];
    if (text) slot.textContent = text;
    else if (!slot.textContent.trim()) slot.closest('[data-optional]')?.remove();
  }
  return made;
}

const word = (name) => document.getElementById('words').content.querySelector(`[data-word="${name}"]`)?.textContent ?? '';

/// Thrown where a host does not tell what is to be shown: no connection has failed.
export class Lost extends Error {}

/* the page

   A host is: ready() whether it is there; fragment() what it shows here: {path, names, surface}, with the names in the path's
   braces; api(path, {method, body}, or {method, file, type}) something like a Response; flag(kind, title, body); open(address); onTheme(). */

export async function start(host) {
  let path = '';
  let surface = 'page';
  let issued = 0;
  let shown = 0;
  let last = null;
  let timer = 0;
  let wait = 0;
  let failures = 0;

  function show(part, { arriving = false } = {}) {
    const holder = document.createElement('div');
    holder.append(part);
    localise(holder);
    const hadFocus = document.activeElement !== document.body;
    patch(content, holder, arriving);
    if (hadFocus && document.activeElement === document.body) content.querySelector('h1')?.focus();
  }

  function trouble(slots, name = 'error') {
    // The last good result stays; what is wrong stands above it.
    if (last === null) show(state(name, slots));
    else {
      content.querySelector('#trouble')?.remove();
      content.querySelector('.head')?.after(state('trouble', slots));
    }
  }

  function later(ms) {
    clearTimeout(timer);
    if (ms > 0 && !document.hidden) timer = setTimeout(load, ms);
  }

  async function problemOf(answer) {
    const told = await answer.json().catch(() => ({}));
    return { title: told.title, detail: told.detail, trace: told.trace };
  }

  // A host that cannot tell where we are is asked again, as when the connection failed.
  async function find() {
    const here = await host.fragment();
    surface = here.surface;
    path = here.path.replace(/\{(\w+)\}/g, (_, name) => {
      if (!here.names[name]) throw new Lost(`the host does not tell the ${name}`);
      return encodeURIComponent(here.names[name]);
    });
  }

  async function load() {
    clearTimeout(timer);
    const mine = ++issued;
    const slow = last === null ? setTimeout(() => shown < mine && show(bones(surface)), 300) : 0;
    content.setAttribute('aria-busy', 'true');
    try {
      if (!path) await find();
      const answer = await host.api(path);
      if (mine < shown) return;
      if (!answer.ok) {
        shown = mine;
        refused(answer, await problemOf(answer));
        return;
      }
      const { title, html, poll_ms: pause } = await answer.json();
      if (mine < shown) return;
      shown = mine;
      failures = 0;
      wait = html === last ? Math.min((wait || pause) * 1.3, pause * 3) : pause;
      if (html !== last || content.querySelector('#trouble')) {
        const made = document.createElement('template');
        made.innerHTML = html;
        document.title = title;
        show(made.content, { arriving: last !== null });
        last = html;
      }
      later(wait);
    } catch (error) {
      if (mine < shown) return;
      shown = mine;
      failures += 1;
      trouble(error instanceof Lost ? { detail: word('lost') } : {});
      later(Math.min(5000 * 2 ** failures, 60_000));
    } finally {
      clearTimeout(slow);
      if (mine === issued) content.removeAttribute('aria-busy');
    }
  }

  function refused(answer, slots) {
    failures += 1;
    if (answer.status === 403 || answer.status === 404) {
      last = null; // what may not be seen any more must not stay
      show(state(path === '/panel/site' ? 'forbidden-site' : 'forbidden', slots));
      return;
    }
    trouble(slots);
    const asked = Number(answer.headers.get('Retry-After')) * 1000;
    later(Math.max(asked || 0, Math.min(5000 * 2 ** failures, 60_000)));
  }

  async function post(button) {
    const { method = 'POST', path: to, body, done } = button.dataset;
    const answer = await host.api(to, { method, body: body ? JSON.parse(body) : undefined });
    if (!answer.ok) {
      const { title, detail, trace } = await problemOf(answer);
      host.flag('error', title || word('failed'), [detail, trace && `${word('reference')} ${trace}`].filter(Boolean).join(' '));
      return;
    }
    host.flag('success', done || word('done'));
    await load();
  }

  // A secret is shown once, beside the page: what is read again must not take it away, nor show it again.
  async function make(button) {
    const answer = await host.api(button.dataset.path, { method: 'POST' });
    if (!answer.ok) {
      const { title, detail } = await problemOf(answer);
      host.flag('error', title || word('failed'), detail);
      return;
    }
    const { step } = await answer.json();
    const headers = step.headers.map(({ name, value }) => `${name}: ${value}`);
    const lines = [`${step.method} ${step.url}`, ...headers, '', JSON.stringify(step.body, null, 2)];
    document.querySelector('.made')?.remove();
    content.after(state('made', { text: step.text, step: lines.join('\n') }));
    const made = document.querySelector('.made');
    made.addEventListener('close', () => made.remove());
    made.show();
    made.scrollIntoView({ block: 'nearest' });
    await load();
  }

  async function copy(button) {
    const from = document.getElementById(button.dataset.from);
    try {
      await navigator.clipboard.writeText(from.textContent);
    } catch {
      // A frame may lack the permission; a selection can still be copied.
      getSelection().selectAllChildren(from);
      if (!document.execCommand('copy')) return host.flag('info', word('select'));
      getSelection().removeAllRanges();
    }
    host.flag('success', word('copied'));
  }

  const actions = { post, make, copy, reload: load, open: (link) => host.open(link.href), close: (button) => button.closest('dialog').close(), ...forms({ host, load, problemOf, word }) };

  document.addEventListener('click', async (event) => {
    const summary = event.target.closest('summary');
    if (summary) summary.parentElement.touched = true;
    const button = event.target.closest('[data-action]');
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await actions[button.dataset.action](button);
    } catch {
      host.flag('error', word('failed'));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });

  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : issued && load()));
  setInterval(() => document.hidden || localise(content), 20_000);

  if (!(await host.ready())) {
    show(state('bridge'));
    return;
  }
  speak();
  host.onTheme();
  load();
}
