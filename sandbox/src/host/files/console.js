// The console: what to click next, everything else that can be done to the site, and what the site holds by now.
// Knows the truth of each add, since the site does; it never asks the app.
import { el, ago, get } from './parts.js';

const root = document.getElementById('console');
let drawn = '';

const names = { outgoing_mail_disabled: 'outgoing mail was off', notification_disabled: 'Customer invited was off', created_by_automation: 'Automation made the account', created_by_api: 'made by the REST API', existing_customer: 'the account was there before', address_suppressed: 'the address is blocked', invitations_muted: 'they turned invitations off' };

function button(text, run, tools, kind = '') {
  const made = el('button', { type: 'button', class: `btn ${kind}` }, text);
  made.addEventListener('click', async () => {
    made.disabled = true;
    try {
      await run();
      await tools.refresh();
    } catch (error) {
      tools.flag?.({ type: 'error', title: error.message });
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

const ours = (site, account) => [site.app?.account, site.forge?.account].includes(account);
const held = (project, cause) => project.customers.some((person) => person.truth?.causes.includes(cause));

/// The steps of the guide: done is read from the site, so a step that was done in another way counts too.
function steps(site, project, tools) {
  const add = (by, more = {}) => get.act('add-customer', { project: project.key, by, ...more });
  const mine = site.items.filter((item) => item.project === project.key && item.request);
  const affected = mine.find((item) => Object.keys(item.properties).length > 0);
  const told = mine.find((item) => item.comments.some((comment) => ours(site, comment.author)));
  const open = (text, path) => button(text, () => tools.go(path), tools);
  const first = project.customers.find((person) => person.truth?.causes[0] && person.truth.causes[0] !== 'existing_customer') ?? project.customers[0];
  return [
    {
      done: held(project, 'existing_customer'), title: 'A known customer is added',
      about: 'Somebody from another project was added here. Jira’s dialog says an invitation will be sent; none is. The page names it.',
      act: [button('Add an existing account', () => existing(site, project), tools, 'primary')],
    },
    {
      done: held(project, 'created_by_automation'), title: 'Automation adds a customer',
      about: 'The “Add service project customer” action makes an account and sends nothing. Watch the page: the warning appears by itself.',
      act: [button('Let Automation add a customer', () => add('automation'), tools, 'primary')],
    },
    {
      done: held(project, 'notification_disabled'), title: 'Customer invited is turned off',
      about: 'Turn the project’s notification off, then let an agent add somebody. The audit log tells who turned it off.',
      act: [project.customerInvited
        ? button('Turn Customer invited off', () => get.act('set-customer-invited', { project: project.key, on: false }), tools, 'primary')
        : button('Let an agent add a customer', () => add('agent'), tools, 'primary')],
    },
    {
      done: held(project, 'outgoing_mail_disabled'), title: 'Outgoing mail is turned off',
      about: 'No app can read this switch, so the page asks. Turn it off, answer “No, it’s off” on the page, then add a customer.',
      act: [site.switches.outgoingMail
        ? button('Turn outgoing mail off', () => get.act('set-outgoing-mail', { on: false }), tools, 'primary')
        : button('Let an agent add a customer', () => add('agent'), tools, 'primary')],
    },
    {
      done: Boolean(affected), title: 'A request shows the warning',
      about: 'Raise a request on behalf of a customer who wasn’t invited. The panel beside it appears only on such requests.',
      act: [button('Raise a request for them', async () => {
        const { key } = await get.act('raise-request', { project: project.key, reporter: first.accountId, onBehalf: true });
        tools.go(tools.paths.request(key));
      }, tools, 'primary')],
    },
    {
      done: Boolean(told), title: 'The team is told on the request',
      about: 'On the app’s page choose “Internal comment on the request”. A comment appears on the request, for the team only.',
      act: [open('Open the app’s page', tools.paths.health(project.key)), ...(affected ? [open(`Open ${affected.key}`, tools.paths.request(affected.key))] : [])],
    },
  ];
}

async function existing(site, project) {
  const here = new Set(project.customers.map((person) => person.accountId));
  const known = site.projects.filter((other) => other !== project).flatMap((other) => other.customers).find((person) => !here.has(person.accountId));
  if (!known) throw new Error('Nobody is left who is known elsewhere and not here');
  await get.act('add-customer', { project: project.key, by: 'existing', account: known.accountId });
}

function guide(site, project, tools) {
  const list = steps(site, project, tools);
  const next = list.findIndex((step) => !step.done);
  const item = (step, at) => el('li', { class: `${step.done ? 'done' : ''} ${at === next ? 'next' : ''}`, 'data-n': at + 1 },
    el('strong', {}, step.title), el('div', { class: 'more' }, el('p', { class: 'small subtle' }, step.about), el('div', { class: 'row' }, ...step.act)));
  return el('section', {}, el('h2', {}, next < 0 ? 'All four causes and the comment: done' : 'Try this'), el('ol', { class: 'guide' }, ...list.map(item)));
}

function more(site, project, tools) {
  const add = (text, by) => button(text, () => get.act('add-customer', { project: project.key, by }), tools);
  const toggle = (text, on, action, body = {}) => el('div', { class: 'switch' }, el('span', {}, text), el('span', { class: `tag ${on ? 'good' : 'bad'}` }, on ? 'On' : 'Off'),
    el('span', { class: 'push' }, button(on ? 'Turn off' : 'Turn on', () => get.act(action, { ...body, on: !on, available: !on }), tools)));
  const uninvited = project.customers.filter((person) => person.truth?.causes.length);
  return el('section', {}, fold('everything', 'Everything you can do', [
    el('h3', {}, 'Add a customer'),
    el('div', { class: 'row' }, add('Agent', 'agent'), add('Automation', 'automation'), add('REST API', 'rest_app'), add('People page', 'people'), add('Organization', 'organisation'), add('E-mail', 'email'), add('Sign-up', 'self_signup'), button('Existing account', () => existing(site, project), tools)),
    el('h3', {}, 'Switches'),
    toggle('Outgoing mail', site.switches.outgoingMail, 'set-outgoing-mail'),
    toggle('Customer invited', project.customerInvited, 'set-customer-invited', { project: project.key }),
    toggle('Audit log', site.switches.auditAvailable, 'set-audit'),
    el('h3', {}, 'Requests'),
    el('div', { class: 'row' }, ...uninvited.slice(0, 4).map((person) => button(`For ${person.displayName}`, async () => {
      const { key } = await get.act('raise-request', { project: project.key, reporter: person.accountId, onBehalf: true });
      tools.go(tools.paths.request(key));
    }, tools))),
    el('h3', {}, 'Trouble'),
    el('div', { class: 'row' }, button('Jira answers 500, five times', () => get.act('misbehave', { call: '/rest/api/3', fault: 'server_error', times: 5 }), tools), button('All well again', () => get.act('behave'), tools)),
  ]));
}

/* a fold keeps its state over redraws */
const opened = new Set();
function fold(key, title, parts) {
  const made = el('details', { open: opened.has(key) ? '' : null }, el('summary', {}, title), el('div', { class: 'log' }, ...parts));
  made.addEventListener('toggle', () => (made.open ? opened.add(key) : opened.delete(key)));
  return made;
}

const line = (left, right, below) => el('li', {}, el('span', {}, left), el('span', { class: 'faint' }, right), below ? el('code', { class: 'whole' }, below) : '');

function written(site, project, tools) {
  const properties = [
    ...Object.entries(project.properties).map(([key, value]) => line(`On the project: ${key}`, '', JSON.stringify(value))),
    ...site.items.flatMap((item) => Object.entries(item.properties).map(([key, value]) => line(`On ${item.key}: ${key}`, '', JSON.stringify(value)))),
  ];
  const comments = site.items.flatMap((item) => item.comments.filter((one) => ours(site, one.author))
    .map((one) => el('li', {}, el('a', { href: tools.paths.request(item.key) }, `Comment on ${item.key}`), el('span', { class: `tag ${one.public ? 'bad' : 'warn'}` }, one.public ? 'public' : 'internal'), el('span', { class: 'whole subtle' }, one.text.slice(0, 140)))));
  const truths = project.customers.filter((person) => person.truth).slice(0, 8).map((person) =>
    line(person.displayName, ago(person.truth.at), person.truth.causes.length ? `no invitation: ${person.truth.causes.map((cause) => names[cause] ?? cause).join(', ')}` : `mailed: ${person.truth.mail ?? 'nothing'}`));
  const nothing = (list) => (list.length ? list : [el('li', { class: 'faint' }, 'Nothing yet')]);
  return el('section', {},
    el('h2', {}, 'Written into Jira by the app'), el('ul', { class: 'log' }, ...nothing([...comments, ...properties])),
    el('h2', {}, 'What really happened'), el('ul', { class: 'log' }, ...nothing(truths)),
    fold('mails', `Mailbox (${site.mails.length})`, site.mails.slice(0, 12).map((mail) => line(`${mail.kind.replaceAll('_', ' ')} to ${tools.nameOf(mail.to)}`, ago(mail.at)))),
    fold('calls', `Calls by the app, newest first (${site.points.used} points used)`, site.calls.slice(0, 25).map((call) => line(`${call.method} ${call.template.replace('/rest/', '')}`, String(call.status)))));
}

/// Draws the console when something changed.
export function showConsole(site, project, tools) {
  const shown = JSON.stringify([project, site.items, site.mails.length, site.switches, site.calls.length, site.points.used, tools.kind, [...opened], Math.floor(Date.now() / 15_000)]);
  if (shown === drawn || root.contains(document.activeElement?.closest('button:disabled'))) return;
  const focused = document.activeElement?.closest('#console button')?.textContent;
  const { scrollTop } = root;
  drawn = shown;
  root.replaceChildren(guide(site, project, tools), more(site, project, tools), written(site, project, tools));
  root.scrollTop = scrollTop;
  if (focused) [...root.querySelectorAll('button')].find((one) => one.textContent === focused)?.focus();
}
