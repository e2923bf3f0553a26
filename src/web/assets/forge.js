// The page's way to Jira through Forge's bridge, as Custom UI. Knows nothing about what is shown. The other front door is connect.js.
// The bridge is Atlassian's and not ours to ship: deploy/forge/build bundles it with this file and app.js.
import { Lost, start } from './app.js';

let bridge;
let locale = '';
let flags = 0;

async function here() {
  const context = (await bridge.view.getContext()) ?? {};
  locale = context.locale ?? '';
  return context;
}

// The page comes in English; its states in the language of the person's Jira lie beside it.
async function speak() {
  await here();
  const known = document.body.dataset.languages.split(' ');
  const language = [locale, locale.split(/[-_]/)[0]].find((one) => known.includes(one));
  if (!language || language === document.documentElement.lang) return;
  const answer = await fetch(`./states.${language}.html`);
  if (!answer.ok) return;
  const told = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const state of [...told.querySelectorAll('template')]) document.getElementById(state.id)?.replaceWith(state);
  document.documentElement.lang = language;
}

// The bridge looks for its host as it is loaded, and throws where there is none.
async function ready() {
  try {
    bridge = await import('@forge/bridge');
  } catch {
    return false;
  }
  await speak().catch(() => {}); // English will do
  return true;
}

async function fragment() {
  const { moduleKey, extension } = await here();
  const frame = [...document.getElementById('frames').content.children].find((one) => one.dataset.module === moduleKey);
  if (!frame) throw new Lost(`nothing is shown in ${moduleKey}`);
  const names = {
    project: extension?.project?.id ?? extension?.projectId ?? extension?.project?.key,
    issue: extension?.issue?.key ?? extension?.issueKey ?? extension?.issue?.id,
    organisation: extension?.organization?.id ?? extension?.organizationId,
  };
  const needed = [...frame.dataset.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  // For whoever has to find out what Jira tells instead.
  if (needed.some((name) => !names[name])) console.warn(`module ${moduleKey} lacks one of ${needed}`, extension);
  return { path: frame.dataset.path, surface: frame.dataset.surface, names };
}

// What the bridge gives back is no Response: the body is read and parsed, and an answer that never came has no status.
function answered({ status, headers, body } = {}) {
  if (!Number.isInteger(status)) throw new Error('no answer');
  const of = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => of.get(name.toLowerCase()) ?? null },
    async json() {
      const told = typeof body === 'string' ? JSON.parse(body) : body;
      if (!told) throw new Error('no body');
      return told;
    },
  };
}

// Forge's proxy signs for the person who looks, and turns the body into JSON itself.
async function api(path, { method = 'GET', body, file } = {}) {
  const headers = { Accept: 'application/json' };
  if (locale) headers['Accept-Language'] = locale;
  const call = { path: `/forge${path}`, method, headers };
  if (file || body !== undefined) {
    headers['Content-Type'] = 'application/json';
    call.body = file ? await file.text() : body; // a text becomes one JSON string, which our server takes for the file
  }
  return answered(await bridge.invokeRemote(call));
}

start({
  ready,
  fragment,
  api,
  flag(kind, title, body) {
    flags += 1;
    bridge.showFlag({ id: `invite-guard-${Date.now()}-${flags}`, type: kind, title, description: body || '', isAutoDismiss: true });
  },
  open: (target) => bridge.router.open(target),
  onTheme: () => bridge.view.theme.enable().catch(() => {}),
});

// Links that ask for a tab of their own go through the host as well: a frame may not be allowed to open one.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[target="_blank"]:not([data-action])');
  if (!link || !bridge) return;
  event.preventDefault();
  bridge.router.open(link.href).catch(() => {});
});
