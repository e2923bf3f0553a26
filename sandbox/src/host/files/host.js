// The page around: project menu, requests, a request with its comments, settings, and the frames of the installed app.
// Knows what the site's control API tells and nothing else.
import { frame, retheme, serve } from './frames.js';
import { showConsole } from './console.js';
import { el, ago, get } from './parts.js';

const main = document.getElementById('main');
const side = document.getElementById('side');
const userSelect = document.getElementById('user');
let site = null;
let shownKey = '';
let framed = '';

/* who looks, and how */

const asked = new URLSearchParams(location.search);

function setTheme(mode) {
  document.documentElement.dataset.colorMode = mode;
  document.getElementById('theme').setAttribute('aria-pressed', String(mode === 'dark'));
  sessionStorage.setItem('theme', mode);
  retheme();
}

const acting = () => site.users.find((user) => user.accountId === userSelect.value) ?? site.users[0];

function showUsers() {
  const people = site.users.filter((user) => user.role !== 'app');
  if (userSelect.options.length === people.length) return;
  const kept = userSelect.value || sessionStorage.getItem('user');
  userSelect.replaceChildren(...people.map((user) => el('option', { value: user.accountId }, `${user.displayName} (${user.role})`)));
  const wanted = people.find((user) => user.accountId === kept) ?? people.find((user) => user.role === (asked.get('as') ?? 'site admin')) ?? people[0];
  userSelect.value = wanted.accountId;
}

/* where we are: the same addresses as in Jira */

const paths = {
  health: (key) => `/jira/servicedesk/projects/${key}/apps`,
  queues: (key) => `/jira/servicedesk/projects/${key}/queues`,
  customers: (key) => `/jira/servicedesk/projects/${key}/customers`,
  settings: (key) => `/jira/servicedesk/projects/${key}/settings/apps`,
  organisation: (key, id) => `/jira/servicedesk/projects/${key}/organisations/${id}`,
  admin: () => '/secure/admin/apps',
  notifications: (key) => `/jira/servicedesk/projects/${key}/settings/customer-notifications`,
  mail: () => '/secure/admin/OutgoingMailServers.jspa',
  request: (key) => `/browse/${key}`,
};

function place() {
  const path = location.pathname;
  const project = /^\/jira\/servicedesk\/projects\/([^/]+)\/(apps|queues|customers|organisations|settings)/.exec(path);
  const request = /^\/browse\/([^/]+)$/.exec(path);
  if (project && path.endsWith('/settings/apps')) project[2] = 'appSettings';
  const organisation = /\/organisations\/(\d+)$/.exec(path)?.[1];
  if (project) return { kind: project[2], organisation, project: site.projects.find((p) => p.key === project[1]) ?? desks()[0] };
  if (request) {
    const item = site.items.find((one) => one.key === decodeURIComponent(request[1]));
    return { kind: item ? 'request' : 'gone', item, project: site.projects.find((p) => p.key === item?.project) ?? desks()[0] };
  }
  if (path === paths.admin()) return { kind: 'appAdmin', project: desks()[0] };
  if (path.startsWith('/secure/admin/')) return { kind: 'mail', project: desks()[0] };
  if (path.startsWith('/servicedesk/')) return { kind: 'portal', project: desks()[0] };
  return { kind: 'apps', project: desks()[0] };
}

const desks = () => site.projects.filter((project) => project.serviceDesk);

export function go(path) {
  history.pushState(null, '', path);
  shownKey = '';
  draw();
  main.focus();
}

/* parts of the page */

function drawSide({ kind, project }) {
  const link = (path, text, on) => el('a', { href: path, 'aria-current': on ? 'page' : null }, text);
  const named = (connect, forge) => [...(site.app?.modules[connect] ?? []).map((module) => module.name.value), ...(site.forge?.modules[forge] ?? []).map((module) => module.title)];
  const app = named('jiraProjectPages', 'jira:projectPage');
  side.replaceChildren(
    el('div', { class: 'project' }, el('span', { class: 'avatar' }, project.name[0]), el('div', {}, el('strong', {}, project.name), el('div', { class: 'small faint' }, 'Service project'))),
    link(paths.queues(project.key), 'Requests', kind === 'queues' || kind === 'request'),
    link(paths.customers(project.key), 'Customers', kind === 'customers'),
    ...(app.length ? [el('h3', {}, 'Apps')] : []),
    ...app.map((name) => link(paths.health(project.key), name, kind === 'apps')),
    el('h3', {}, 'Settings'),
    link(paths.notifications(project.key), 'Customer notifications', kind === 'settings'),
    ...named('jiraProjectAdminTabPanels', 'jira:projectSettingsPage').map((name) => link(paths.settings(project.key), name, kind === 'appSettings')),
    link(paths.mail(), 'Outgoing mail', kind === 'mail'),
    ...named('adminPages', 'jira:adminPage').map((name) => link(paths.admin(), `${name} on this site`, kind === 'appAdmin')),
    ...(desks().length > 1 ? [el('h3', {}, 'Other projects'), ...desks().filter((p) => p !== project).map((p) => link(paths.queues(p.key), p.name, false))] : []),
  );
}

export function nameOf(account) {
  const people = [...site.users, ...site.projects.flatMap((project) => project.customers)];
  if ([site.app?.account, site.forge?.account].includes(account)) return 'Invite Guard';
  return people.find((person) => person.accountId === account)?.displayName ?? 'Somebody';
}

const inside = (...parts) => el('div', { class: 'inside' }, ...parts);

function queues(project) {
  const items = site.items.filter((item) => item.project === project.key);
  const row = (item) =>
    el('tr', {}, el('td', {}, el('a', { href: paths.request(item.key) }, item.key)), el('td', {}, item.summary), el('td', {}, nameOf(item.reporter)), el('td', {}, item.status), el('td', { class: 'faint' }, ago(item.created)));
  const head = ['Key', 'Summary', 'Reporter', 'Status', 'Created'].map((text) => el('th', {}, text));
  return inside(
    el('h1', {}, 'Requests'),
    items.length ? el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...items.map(row))) : el('p', { class: 'subtle' }, 'No requests yet. Raise one from the console.'),
  );
}

const mailWords = { invitation: 'invitation', verification: '“verify your address”', atlassian_invitation: 'Atlassian’s invitation' };

function customers(project) {
  const row = (person) =>
    el('tr', {}, el('td', {}, person.displayName), el('td', { class: 'subtle' }, person.address), el('td', { class: 'faint' }, person.truth ? ago(person.truth.at) : ''), el('td', {}, person.truth?.mail ? mailWords[person.truth.mail] ?? person.truth.mail : 'no mail'));
  const head = ['Name', 'Address', 'Added', 'What Jira mailed'].map((text) => el('th', {}, text));
  const organisations = project.organisations.map(({ id, name }) => el('p', {}, el('a', { href: paths.organisation(project.key, id) }, name)));
  if (organisations.length) organisations.unshift(el('h2', {}, 'Organizations'));
  return inside(el('h1', {}, 'Customers'), el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...project.customers.map(row))), ...organisations);
}

function organisation({ project, organisation }) {
  const name = project.organisations.find((one) => one.id === organisation)?.name ?? 'There is no such organization here';
  return inside(el('h1', {}, name), el('div', { id: 'panels' }));
}

function settings(title, about, label, on, action, body) {
  const button = el('button', { type: 'button', class: 'btn primary' }, on ? `Turn off` : `Turn on`);
  button.addEventListener('click', () => get.act(action, { ...body, on: !on }).then(refresh));
  return inside(el('h1', {}, title), el('p', { class: 'subtle' }, about), el('div', { class: 'row' }, el('strong', {}, label), el('span', { class: `tag ${on ? 'good' : 'bad'}` }, on ? 'On' : 'Off'), button));
}

function comment(one) {
  return el('div', { class: `comment ${one.public ? '' : 'internal'}`, 'data-key': one.id },
    el('div', { class: 'row small' }, el('strong', {}, nameOf(one.author)), el('span', { class: 'tag' }, one.public ? 'Reply to customer' : 'Internal note'), one.edited ? el('span', { class: 'faint' }, 'edited') : ''),
    ...textOf(one.body));
}

/* comments are documents: paragraphs, lists, links */
function textOf(node) {
  const under = () => (node.content ?? []).flatMap(textOf);
  switch (node.type) {
    case 'text': {
      const link = node.marks?.find((mark) => mark.type === 'link');
      const strong = node.marks?.some((mark) => mark.type === 'strong');
      const text = strong ? el('strong', {}, node.text) : node.text;
      return [link ? el('a', { href: link.attrs.href, target: '_blank', rel: 'noopener' }, text) : text];
    }
    case 'hardBreak': return [el('br')];
    case 'paragraph': return [el('p', {}, ...under())];
    case 'heading': return [el('h2', {}, ...under())];
    case 'bulletList': return [el('ul', { class: 'dots' }, ...under())];
    case 'orderedList': return [el('ol', { class: 'numbers' }, ...under())];
    case 'listItem': return [el('li', {}, ...under())];
    default: return under();
  }
}

function request(item) {
  const comments = item.comments.length ? item.comments.map(comment) : [el('p', { class: 'faint' }, 'No comments yet.')];
  return el('div', { class: 'request' },
    el('div', {}, el('p', { class: 'small faint' }, `${item.project} / ${item.key}`), el('h1', {}, item.summary),
      el('p', { class: 'subtle' }, item.request ? `${nameOf(item.reporter)} raised this request via ${item.channel === 'jira' ? `${nameOf(item.creator)}` : `the ${item.channel}`}` : 'Not a request: no customer sees this.'),
      el('h2', {}, 'Activity'), ...comments),
    el('div', {}, el('div', { class: 'box' }, el('h2', {}, 'Details'), el('div', { class: 'fields small' }, el('span', { class: 'faint' }, 'Reporter'), el('span', {}, nameOf(item.reporter)), el('span', { class: 'faint' }, 'Status'), el('span', {}, item.status))), el('div', { id: 'panels' })));
}

/* the app's frames */

// Where on the site pages of apps stand alone, and how the site names that place.
const alone = { apps: '', appSettings: 'settings', appAdmin: 'admin' };
const beside = { organisations: 'organisation', request: '' };

async function frames(where) {
  const about = { user: acting().accountId, project: where.project.key, item: where.item?.key ?? '', organisation: where.organisation ?? '', place: alone[where.kind] ?? beside[where.kind] };
  const list = await get.json(`/host/frames?${new URLSearchParams(about)}`);
  const key = JSON.stringify([about, list.map((one) => one.key)]);
  const whole = where.kind in alone;
  const holder = whole ? main : document.getElementById('panels');
  if (!holder || (key === framed && holder.querySelector('iframe'))) return;
  framed = key;
  const told = (one) => ({ user: about.user, projectId: where.project.id, projectKey: about.project, issueKey: about.item, title: one.name || one.key, context: one.context });
  const made = list.map((one) => {
    const element = frame(one.url, told(one));
    return whole ? element : el('div', { class: 'box' }, one.name ? el('h2', {}, one.name) : '', el('div', {}, element));
  });
  if (!made.length && whole) made.push(inside(el('p', { class: 'subtle' }, site.app || site.forge ? 'The installed app shows nothing here to this person.' : 'No app is installed.')));
  holder.replaceChildren(...made);
}

/* drawing: what did not change stays, so that a frame keeps running */

function draw() {
  if (!site) return;
  showUsers();
  const where = place();
  drawSide(where);
  const views = {
    apps: () => '',
    appSettings: () => '',
    appAdmin: () => '',
    queues: () => queues(where.project),
    customers: () => customers(where.project),
    organisations: () => organisation(where),
    request: () => request(where.item),
    settings: () => settings('Customer notifications', 'Rules by which this project mails its customers.', 'Customer invited', where.project.customerInvited, 'set-customer-invited', { project: where.project.key }),
    mail: () => settings('Outgoing mail', 'Whether this site sends e-mail at all. Jira tells no app.', 'Outgoing mail', site.switches.outgoingMail, 'set-outgoing-mail', {}),
    portal: () => inside(el('h1', {}, 'The customer portal'), el('p', { class: 'subtle' }, 'Here customers log in and raise requests.')),
    gone: () => inside(el('h1', {}, 'There is no such work item')),
  };
  const key = JSON.stringify([where.kind, where.project.key, where.organisation, where.item, userSelect.value, where.kind === 'queues' ? site.items.length : 0, where.kind === 'customers' ? where.project.customers : 0, where.kind === 'settings' || where.kind === 'mail' ? [where.project.customerInvited, site.switches] : 0]);
  if (key !== shownKey) {
    const panels = document.getElementById('panels');
    const view = views[where.kind]();
    if (where.kind in alone) { if (!main.querySelector(':scope > iframe')) main.replaceChildren(); }
    else if (where.kind === 'request' && panels && main.dataset.item === where.item.key) {
      // Only the left side changes: moving a frame would load it again.
      main.querySelector('.request > div').replaceWith(view.querySelector('.request > div'));
    } else main.replaceChildren(view);
    main.dataset.item = where.item?.key ?? '';
    shownKey = key;
  }
  if (where.kind in alone || where.kind in beside) frames(where).catch(() => {});
  else framed = '';
  showConsole(site, where.project, { refresh, go, nameOf, kind: where.kind, paths });
}

async function refresh() {
  site = await get.json('/sandbox/state');
  draw();
}

function showFlag({ title, body, type }) {
  const flag = el('div', { class: `flag ${type ?? 'info'}` }, el('strong', {}, title ?? ''), body ? el('p', { class: 'small subtle' }, body) : '');
  document.getElementById('flags').prepend(flag);
  setTimeout(() => flag.remove(), 6000);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/"]');
  if (!link || event.metaKey || event.ctrlKey || link.target) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});
addEventListener('popstate', () => draw());
userSelect.addEventListener('change', () => {
  sessionStorage.setItem('user', userSelect.value);
  draw();
});
document.getElementById('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.colorMode === 'dark' ? 'light' : 'dark'));
document.getElementById('fold').addEventListener('click', ({ target }) => {
  const folded = document.querySelector('.room').classList.toggle('folded');
  target.setAttribute('aria-expanded', String(!folded));
});

serve({ navigate: go, flag: showFlag });
setTheme(asked.get('theme') ?? sessionStorage.getItem('theme') ?? 'light');
if (asked.has('folded')) document.getElementById('fold').click();
refresh();
setInterval(() => document.hidden || refresh().catch(() => {}), 1000);
