// Rows of a tree form: added, moved and removed by the server, swapped here without leaving the page. Without this file
// the same buttons post the form and the page comes back whole.

import { drawn } from '../questions.js';

// Post the form with an action; the parts of the answer that bear these ids take the places of ours.
export async function swap(form, action, ids, extra = {}) {
  const data = new FormData(form);
  data.set('action', action);
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  const answer = await fetch(form.getAttribute('action') || location.href, { method: 'POST', body: data, headers: { Accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ids) {
    const [fresh, old] = [page.getElementById(id), document.getElementById(id)];
    if (!fresh || !old) continue;
    old.replaceWith(fresh);
    drawn(fresh);
  }
  return page;
}

function focusOn(action) {
  const [verb, path] = action.split(':');
  const place = Number(path.split('.').pop());
  const stem = path.split('.').slice(0, -1).join('.');
  const row = (name) => document.querySelector(`[data-row="${CSS.escape(name)}"]`);
  if (verb === 'add') {
    const rows = document.querySelectorAll(`#f-${CSS.escape(path)} > ol > li`);
    rows[rows.length - 1]?.querySelector('input:not([type=hidden]), textarea, select')?.focus();
  } else if (verb === 'remove') {
    (row(`${stem}.${place}`) ?? row(`${stem}.${place - 1}`) ?? document.getElementById(`f-${stem}`))
      ?.querySelector('input, textarea, select, button')?.focus();
  } else {
    const other = `${stem}.${verb === 'up' ? place - 1 : place + 1}`;
    (row(other)?.querySelector(`[value="${verb}:${other}"]`) ?? row(other)?.querySelector('[data-act]'))?.focus();
  }
}

export function install(form, ids = ['tree'], after = () => {}) {
  form.addEventListener('submit', async (event) => {
    const action = event.submitter?.value ?? '';
    if (!/^(add|remove|up|down):/.test(action)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await swap(form, action, ids);
    form.dataset.dirty = '1';
    focusOn(action);
    after();
  }, true);
  form.addEventListener('change', async (event) => {
    if (!event.target.matches('[data-retype]')) return;
    const { id } = event.target;
    await swap(form, 'retype', ids);
    document.getElementById(id)?.focus();
    after();
  });
}

for (const form of document.querySelectorAll('form[data-tree]:not([data-own-script])')) install(form);
