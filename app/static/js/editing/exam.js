// The form of an examination: what pools would draw, what is wrong and what candidates are told follow the form; rows come
// and go without a new page. Without this file the buttons post the form and the page comes back whole.

import { install, swap } from './tree-form.js';

const form = document.getElementById('exam-form');

// --- the parts that follow -------------------------------------------------------------------------------------------
let waiting = 0;
let asked = 0;
function later() { clearTimeout(waiting); waiting = setTimeout(renew, 500); }
async function renew() {
  asked += 1;
  const mine = asked;
  const data = new FormData(form);
  data.set('action', 'preview');
  let text;
  try {
    const answer = await fetch(location.pathname, { method: 'POST', body: data, headers: { Accept: 'text/html' } });
    if (!answer.ok) return;
    text = await answer.text();
  } catch { return; }
  if (mine !== asked) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  for (const old of document.querySelectorAll('[data-live]')) {
    const fresh = page.getElementById(old.id);
    if (fresh && fresh.outerHTML !== old.outerHTML && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
  for (const field of form.querySelectorAll('[aria-describedby]')) {
    const wrong = page.getElementById(field.id)?.getAttribute('aria-invalid');
    if (wrong) field.setAttribute('aria-invalid', wrong); else field.removeAttribute('aria-invalid');
  }
  form.dataset.renewed = String(mine);
}

// --- begin -----------------------------------------------------------------------------------------------------------
install(form, ['tree'], later);
form.addEventListener('submit', async (event) => {
  const action = event.submitter?.value ?? '';
  if (!['divide', 'join', 'preview'].includes(action)) return;
  event.preventDefault();
  if (action === 'preview') { await renew(); return; }
  await swap(form, action, ['tree']);
  form.dataset.dirty = '1';
  document.querySelector(action === 'divide' ? '#f-sections textarea' : '#f-pools input')?.focus();
  later();
});
form.addEventListener('input', later);
document.querySelectorAll('[name=language]').forEach((radio) => radio.addEventListener('change', renew));
form.dataset.ready = '1';
