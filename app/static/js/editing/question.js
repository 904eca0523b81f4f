// The question editor: the preview follows the form, rows come and go without a new page, and a question that is already
// in the module is saved as one writes. Without this file the buttons post the form and the page comes back whole.

import { newId } from '../ids.js';
import { drawn } from '../questions.js';
import { Session } from './saver.js';
import { Store } from './store.js';
import { install, swap } from './tree-form.js';

const form = document.getElementById('question-form');
const address = form.getAttribute('action') || location.pathname;
const session = new Session({ token: form.elements.csrf_token.value, tokenUrl: location.pathname });
const announce = (text) => document.dispatchEvent(new CustomEvent('academy:announce', { detail: { text } }));
const STEPS = [1000, 2000, 4000, 8000, 15000];
const isTrial = (field) => field.name.startsWith('trial');
let version = form.elements.version.value;

// --- the preview -----------------------------------------------------------------------------------------------------
let previewing = 0;
let asked = 0;
function later() { clearTimeout(previewing); previewing = setTimeout(renew, 500); }
async function renew() {
  asked += 1;
  const mine = asked;
  const data = new FormData(form);
  data.set('action', 'preview');
  let text;
  try { text = await (await fetch(address, { method: 'POST', body: data, headers: { Accept: 'text/html' } })).text(); } catch { return; }
  if (mine !== asked) return;
  const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('question-aside');
  const old = document.getElementById('question-aside');
  if (!fresh || old.contains(document.activeElement)) return;
  old.replaceWith(fresh);
  drawn(fresh);
}

// --- saving ----------------------------------------------------------------------------------------------------------
const state = document.getElementById('save-state');
function tell(kind, text) {
  state.hidden = false;
  state.className = `save-state is-${kind}`;
  if (state.textContent !== text) state.textContent = text;
}
const autosaved = form.hasAttribute('data-autosave');
const key = `question|${location.pathname}`;
const store = autosaved ? await new Store().open() : null;
const fields = () => [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !name.startsWith('trial') && !['csrf_token', 'language', 'version'].includes(name));
let sent = JSON.stringify(fields());
let record = null;
let failures = 0;
let timer = 0;
let busy = false;
let stopped = false;

function changed() {
  if (!autosaved || stopped) return;
  clearTimeout(timer);
  timer = setTimeout(save, 1200);
}

async function save() {
  const now = JSON.stringify(fields());
  if (busy || stopped || now === sent) return;
  busy = true;
  if (record?.text !== now) record = { key, text: now, version, editId: newId(), at: Date.now() };
  await store.put(record);
  const mine = record;
  if (!failures) tell('neutral', form.dataset.saving);
  const body = new FormData();
  for (const [name, value] of JSON.parse(mine.text)) body.append(name, value);
  for (const [name, value] of Object.entries({ csrf_token: session.token, version: mine.version, action: 'autosave', edit_id: mine.editId })) body.set(name, value);
  const answer = await session.attempt(address, 'POST', null, body);
  busy = false;
  if (answer.status === 200 && answer.body.waiting) return store.settle(key, mine.editId);
  if (answer.status === 200) {
    failures = 0;
    sent = mine.text;
    version = form.elements.version.value = String(answer.body.version);
    await store.settle(key, mine.editId);
    tell('ok', form.dataset.saved.replace('{time}', new Date(answer.body.saved_at).toLocaleTimeString('en-GB')));
    if (JSON.stringify(fields()) !== sent) changed();
  } else if (answer.status === 409 && answer.body.conflict) {
    stopped = true;
    await store.settle(key, mine.editId);
    tell('attention', `${form.dataset.conflict} `);
    state.append(Object.assign(document.createElement('a'), { href: answer.body.conflict, textContent: form.dataset.conflictLink }));
  } else if ([409, 413, 422].includes(answer.status)) tell('danger', `${form.dataset.refused} ${answer.body.detail ?? ''}`);
  else {
    if ([401, 403, 404].includes(answer.status)) tell('danger', form.dataset.signedOut);
    else tell('attention', form.dataset.offline);
    timer = setTimeout(save, STEPS[Math.min(failures, STEPS.length - 1)]);
    failures += 1;
  }
  return undefined;
}

// What could not be sent when the page was closed, put back into the form. Rows that the page does not have come from the
// server, which makes the form of what is posted.
async function recover() {
  const [left] = (await store.all(key)).filter((one) => one.key === key);
  if (!left || left.text === sent) return;
  const body = new FormData();
  for (const [name, value] of JSON.parse(left.text)) body.append(name, value);
  for (const [name, value] of Object.entries({ csrf_token: session.token, version: left.version, action: 'preview' })) body.set(name, value);
  const answer = await fetch(address, { method: 'POST', body, headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ['tree', 'question-aside']) document.getElementById(id).replaceWith(page.getElementById(id));
  drawn(document.getElementById('question-aside'));
  version = form.elements.version.value = left.version;
  record = left;
  announce(form.dataset.recovered);
  await save();
}

// --- begin -----------------------------------------------------------------------------------------------------------
install(form, ['tree', 'question-aside'], changed);
form.addEventListener('input', (event) => {
  if (isTrial(event.target)) return;
  changed();
  if (event.target.name !== 'language') later();
});
form.addEventListener('change', (event) => {
  if (event.target.name === 'language') swap(form, 'preview', ['question-aside']).then(() => form.querySelector('[name=language]:checked')?.focus());
});
form.addEventListener('submit', async (event) => {
  if (event.submitter?.value !== 'try') return;
  event.preventDefault();
  await swap(form, 'try', ['question-aside']);
  (document.getElementById('trial-result') ?? document.getElementById('trial-error'))?.focus();
});
addEventListener('online', () => save());
addEventListener('beforeunload', (event) => { if (autosaved && !stopped && failures && !store.lasting) event.preventDefault(); });
if (autosaved) await recover();
form.dataset.ready = '1';
