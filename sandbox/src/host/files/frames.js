// The site's side of the bridge: frames that show an app's pages, and what such a page may ask.
// Knows no app: it does what Jira does for every one.

let count = 0;
const frames = new Map();

const host = {
  mode: () => document.documentElement.dataset.colorMode,
  navigate: () => {},
  flag: () => {},
};

/// Lets the page around say how to navigate and how to show a flag.
export function serve(with_) {
  Object.assign(host, with_);
}

// What Forge's bridge asks of its host. An error goes back as its message, to be thrown there.
const forge = {
  getContext: (frame) => frame.about.context,
  enableTheming: () => ({ mode: host.mode() }),
  showFlag: (_, { title, description, type }) => host.flag({ title, body: description, type }),
  closeFlag: () => true,
  reload: () => location.reload(),
  navigate(_, { url, type }) {
    const target = new URL(url, location.origin);
    if (type === 'new-tab') window.open(target, '_blank', 'noopener');
    else if (target.origin === location.origin) host.navigate(target.pathname + target.search);
    else location.assign(target);
  },
  async invoke(frame, call) {
    const about = { user: frame.about.user, module: frame.about.context.moduleKey, call };
    const answer = await fetch('/host/invoke', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(about) });
    if (!answer.ok) throw new Error(`the site answers ${answer.status}`);
    const { value, thrown } = await answer.json();
    if (thrown) throw new Error(thrown);
    return value;
  },
};

async function callBridge(frame, name, payload) {
  try {
    if (!Object.hasOwn(forge, name) || !frame.about.context) throw new Error(`no ${name} here`);
    const value = await forge[name](frame, payload);
    return { value };
  } catch (error) {
    return { thrown: error.message };
  }
}

const answers = {
  callBridge,
  async getToken(frame) {
    const answer = await fetch(`/host/token?${new URLSearchParams({ user: frame.about.user })}`);
    return answer.text();
  },
  getContext: (frame) => ({ jira: { project: { id: frame.about.projectId, key: frame.about.projectKey }, issue: { key: frame.about.issueKey } } }),
  getCurrentUser: (frame) => ({ atlassianAccountId: frame.about.user }),
  getLocation: () => location.href,
  flag: (_, flag) => host.flag(flag),
  go(_, target, context = {}) {
    const url = new URL(context.absoluteUrl ?? context.relativeUrl ?? '/', location.origin);
    if (url.origin === location.origin) host.navigate(url.pathname + url.search);
    else window.open(url, '_blank', 'noopener');
  },
  resize(frame, _, height) {
    if (Number(height) > 0) frame.element.style.height = `${Math.min(Number(height), 20_000)}px`;
  },
  theme: () => ({ mode: host.mode() }),
  getState: (frame) => frame.state ?? '',
  pushState(frame, state) {
    frame.state = state;
  },
};

addEventListener('message', async ({ source, origin, data }) => {
  const frame = frames.get(data?.bridge);
  if (!frame || source !== frame.element.contentWindow || origin !== frame.origin) return;
  const answer = answers[data.method];
  const value = answer ? await answer(frame, ...(data.args ?? [])) : undefined;
  frame.element.contentWindow?.postMessage({ bridge: data.bridge, call: data.call, value }, frame.origin);
});

/// Tells every page the theme.
export function retheme() {
  for (const [bridge, frame] of frames) {
    frame.element.contentWindow?.postMessage({ bridge, event: 'theme', value: { mode: host.mode() } }, frame.origin);
  }
}

/// A frame with an app's page, as Jira makes one: signed address, own origin, name for the bridge.
export function frame(url, about) {
  count += 1;
  const bridge = `channel-${count}`;
  const element = document.createElement('iframe');
  element.name = JSON.stringify({ bridge, origin: location.origin });
  element.title = about.title;
  element.className = 'app-frame';
  element.setAttribute('sandbox', 'allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-scripts allow-same-origin');
  element.allow = 'clipboard-write';
  element.src = url;
  for (const [known, old] of frames) if (!old.element.isConnected && old.placed) frames.delete(known);
  const entry = { element, origin: new URL(url).origin, about, placed: false };
  frames.set(bridge, entry);
  element.addEventListener('load', () => (entry.placed = true));
  return element;
}
