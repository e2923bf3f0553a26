// What people fill in: fields into a call, a file into an upload, and what was read from it beside the page.
// Knows no host and no words. A submit button's click is its form's submit, by keyboard as well.

const types = { json: 'application/json', csv: 'text/csv' };

function filled(form) {
  const fields = {};
  for (const { name, value, dataset } of form.elements) {
    const text = value.trim();
    if (!name) continue;
    if (dataset.kind === 'list') fields[name] = text.split(/[\s,;]+/).filter(Boolean);
    else if (text) fields[name] = dataset.kind === 'number' ? Number(text) : text;
  }
  return fields;
}

function list(into, texts) {
  for (const text of texts) into.appendChild(document.createElement('li')).textContent = text;
}

// Beside the page: what is read again must not take it away.
function showRead({ read, findings, skipped }) {
  const made = document.getElementById('state-read').content.cloneNode(true).firstElementChild;
  made.querySelector('[data-slot="read"]').textContent = read;
  if (findings.length) made.querySelector('[data-none]').remove();
  list(made.querySelector('[data-list="findings"]'), findings.map(({ rule, statement }) => (rule ? `${rule}: ${statement}` : statement)));
  list(made.querySelector('[data-list="skipped"]'), skipped.map(({ where, why }) => `${where}: ${why}`));
  if (!skipped.length) made.querySelector('[data-optional]').remove();
  document.querySelector('.made')?.remove();
  document.getElementById('content').after(made);
  made.addEventListener('close', () => made.remove());
  made.show();
  made.scrollIntoView({ block: 'nearest' });
}

export function forms({ host, load, problemOf, word }) {
  async function taken(answer) {
    if (answer.ok) return true;
    const { title, detail, trace } = await problemOf(answer);
    host.flag('error', title || word('failed'), [detail, trace && `${word('reference')} ${trace}`].filter(Boolean).join(' '));
    return false;
  }

  async function send(button) {
    const { form, dataset } = button;
    if (!form.reportValidity()) return;
    const body = JSON.parse(dataset.body || '{}');
    if (form.dataset.into) body[form.dataset.into].push(filled(form));
    else Object.assign(body, filled(form));
    if (!(await taken(await host.api(dataset.path, { method: dataset.method || 'POST', body })))) return;
    form.reset();
    host.flag('success', dataset.done || word('done'));
    await load();
  }

  async function upload(button) {
    const { form, dataset } = button;
    if (!form.reportValidity()) return;
    const [file] = form.elements.file.files;
    const type = types[file.name.split('.').pop().toLowerCase()] ?? 'text/plain';
    const answer = await host.api(dataset.path, { method: 'POST', file, type });
    if (!(await taken(answer))) return;
    showRead(await answer.json());
    form.reset();
    host.flag('success', dataset.done || word('done'));
    await load();
  }

  // What a test found stands beside each source until the page is read again.
  async function test(button) {
    const { path, body, done } = button.dataset;
    const answer = await host.api(path, { method: 'POST', body: JSON.parse(body) });
    if (!(await taken(answer))) return;
    const { sources } = await answer.json();
    host.flag('success', done || word('done'));
    await load();
    for (const { name, why } of sources) {
      const told = document.querySelector(`[data-source="${CSS.escape(name)}"] [data-slot="why"]`);
      if (told) told.textContent = why;
    }
  }

  return { send, upload, test };
}
