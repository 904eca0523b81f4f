// The lesson editor: two sources, their live pages, the outline, what the checks say, who else is here. Without this file
// the page is a form with two texts that is saved by its button.

import { Source } from './source.js';
import { newId } from '../ids.js';
import { drawn } from '../questions.js';
import { Saver, Session, difference, openWindows } from './saver.js';
import { Store } from './store.js';
import { installDialogs } from './dialogs.js';

const form = document.getElementById('lesson-form');
const data = JSON.parse(document.getElementById('lesson-data').textContent);
const say = (name, values = {}) => (data.words[name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key]);
const announce = (text) => document.dispatchEvent(new CustomEvent('academy:announce', { detail: { text } }));
const languages = ['zh', 'en'];
const other = (language) => (language === 'zh' ? 'en' : 'zh');
const tab = newId();
const session = new Session({ token: form.elements.csrf_token.value, tokenUrl: data.files + data.paths.zh });
const sources = {};
const savers = {};
let active = 'zh';

// --- which panes are shown -------------------------------------------------------------------------------------------
const KEY = 'editing:view';
function show(view) {
  form.dataset.view = view;
  try { localStorage.setItem(KEY, view); } catch { /* for this page only */ }
  for (const button of document.querySelectorAll('[data-show]')) button.setAttribute('aria-pressed', String(button.dataset.show === view));
  const [language] = view.split('-');
  if (languages.includes(language)) active = language;
}
for (const button of document.querySelectorAll('[data-show]')) button.addEventListener('click', () => show(button.dataset.show));

// --- saving ----------------------------------------------------------------------------------------------------------
function tell() {
  const states = languages.map((language) => savers[language].state);
  const kind = ['refused', 'conflict', 'signed-out', 'offline', 'busy', 'saving', 'dirty', 'saved'].find((one) => states.includes(one));
  const times = languages.map((language) => savers[language].savedAt).filter(Boolean);
  const time = times.length ? new Date(Math.max(...times)).toLocaleTimeString('en-GB') : '';
  const looks = { refused: 'danger', conflict: 'attention', 'signed-out': 'danger', offline: 'attention', busy: 'attention', saved: 'ok' };
  const text = kind === 'saved' ? (time ? say('saved', { time }) : say('allSaved'))
    : kind === 'offline' && !store.lasting ? say('offlineUnkept') : say(kind);
  const state = document.getElementById('save-state');
  state.hidden = false;
  state.className = `save-state is-${looks[kind] ?? 'neutral'}`;
  if (state.textContent !== text) state.textContent = text;
}

function notice(kind, text, linkText = '', href = '') {
  const box = document.getElementById('lesson-notice');
  box.hidden = false;
  box.className = `callout callout-${kind}`;
  box.replaceChildren();
  const line = document.createElement('p');
  line.append(text);
  if (href) {
    const link = document.createElement('a');
    Object.assign(link, { href, textContent: linkText });
    line.append(' ', link);
  }
  box.append(line);
}

const store = await new Store().open();
const open = await openWindows(tab);

async function begin(language) {
  const source = sources[language];
  const path = data.paths[language];
  const prefix = `${data.person}|${data.draft}|`;
  const saver = new Saver({
    store, prefix, tab, path, session, version: data.versions[language], text: source.text,
    url: (place) => data.files + place,
    read: () => source.text,
  });
  savers[language] = saver;
  const left = (await store.all(`${prefix}${path}|`)).filter((record) => record.tab !== tab && !open.has(record.tab));
  saver.addEventListener('change', tell);
  saver.addEventListener('taken', () => source.taken());
  saver.addEventListener('merged', ({ detail: { sent, now } }) => {
    source.bring(difference(sent, now), sent.length);
    announce(say('merged'));
    preview();
  });
  saver.addEventListener('conflict', ({ detail: { url } }) => {
    for (const one of languages) sources[one].lock();
    notice('attention', say('conflictText'), say('conflictLink'), url);
    document.getElementById('lesson-notice').scrollIntoView({ block: 'nearest' });
  });
  saver.addEventListener('refused', ({ detail: { message } }) => { source.lock(); notice('danger', message || say('refused')); });
  source.addEventListener('edit', ({ detail: { own } }) => { if (own) saver.changed(); schedule(); });
  await recover(language, left);
}

// What windows that were closed or crashed could not send: the last one becomes the text, earlier ones are sent as they are.
async function recover(language, left) {
  const [saver, source] = [savers[language], sources[language]];
  const last = left.pop();
  for (const record of left) {
    const json = { text: record.text, base_version: record.version, edit_id: record.editId, device: record.device };
    const { status, body } = await session.request(saver.url(record.path), { method: 'PUT', json });
    if (status === 200 || (status === 409 && body.conflict)) await store.settle(record.key, record.editId);
  }
  if (!last) return;
  saver.adopt(last);
  source.replace(last.text);
  source.taken();
  announce(say('recovered'));
  await saver.keep(); // it is this window's now
  await store.settle(last.key, last.editId);
  await saver.send();
}

// --- the live page ---------------------------------------------------------------------------------------------------
let timer = 0;
let asked = 0;
function schedule() { clearTimeout(timer); timer = setTimeout(preview, 350); }

async function preview() {
  clearTimeout(timer);
  asked += 1;
  const mine = asked;
  const json = { zh: sources.zh.text, en: sources.en.text };
  const { status, body } = await session.request(data.preview, { method: 'POST', json });
  if (mine !== asked) return;
  document.getElementById('preview-old').hidden = status === 200;
  if (status !== 200) return;
  for (const language of languages) {
    const page = document.getElementById(`page-${language}`);
    page.innerHTML = body[language].html;
    drawn(page);
    sources[language].notices(body[language].notices);
  }
  sources.en.lagging(body.en.headings.filter((heading) => body.lagging.includes(heading.key)).map((heading) => heading.line));
  document.getElementById('lesson-side').innerHTML = body.side;
  follow();
}

// The page shows the section in which the author writes.
let shownSection = '';
function follow() {
  const { section } = sources[active];
  if (!section || section === shownSection) return;
  shownSection = section;
  const page = document.getElementById(`page-${active}`);
  const target = document.getElementById(`${active}-${section}`);
  if (target && page.contains(target)) page.scrollTo({ top: target.offsetTop - page.offsetTop - 8 });
}

document.getElementById('lesson-side').addEventListener('click', (event) => {
  const link = event.target.closest('[data-line]');
  if (!link) return;
  event.preventDefault();
  const { language } = link.dataset;
  const view = form.dataset.view;
  if (view.startsWith(other(language))) show(`${language}-source`);
  else if (view.endsWith('-page') && matchMedia('(max-width: 60rem)').matches) show(`${language}-source`);
  active = language;
  sources[language].goTo(Number(link.dataset.line));
});

// --- who else is here ------------------------------------------------------------------------------------------------
async function meet() {
  const json = { paths: languages.map((language) => savers[language].path), device: tab };
  const { status, body } = await session.request(data.presence, { method: 'POST', json });
  if (status !== 200) return;
  session.token = body.csrf_token;
  const names = [...new Set(body.others.filter((one) => json.paths.includes(one.path)).map((one) => (one.self ? say('yourself') : one.name)))];
  const line = document.getElementById('presence');
  const text = names.length ? say('present', { names: names.join(say('comma')) }) : '';
  if (line.lastChild.textContent !== text) line.lastChild.textContent = text;
  line.hidden = !names.length;
  for (const language of languages) {
    const version = body.versions[savers[language].path];
    if (version > savers[language].version) await savers[language].refresh();
  }
}

// --- begin -----------------------------------------------------------------------------------------------------------
for (const language of languages) {
  const textarea = document.getElementById(`text-${language}`);
  sources[language] = new Source({ textarea, language, label: textarea.getAttribute('aria-label'), phrases: data.phrases, nonce: data.nonce });
  sources[language].addEventListener('focus', () => { active = language; });
  sources[language].addEventListener('place', follow);
}
let kept = null;
try { kept = localStorage.getItem(KEY); } catch { /* nothing is kept */ }
const narrow = matchMedia('(max-width: 60rem)').matches;
show(document.querySelector(`[data-show="${kept}"]`) && !(narrow && kept === 'both') ? kept : `${data.language}-source`);
for (const language of languages) await begin(language);
installDialogs({ data, say, announce, session, source: (language) => sources[language ?? active], active: () => active, other, preview });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  for (const language of languages) savers[language].wake();
});
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's') { event.preventDefault(); for (const language of languages) savers[language].wake(); }
});
addEventListener('beforeunload', (event) => {
  if (languages.some((language) => !['saved', 'conflict', 'refused'].includes(savers[language].state))) event.preventDefault();
});
if (!store.lasting) notice('attention', say('noStorage'));
form.dataset.ready = '1';
tell();
preview();
await meet();
setInterval(meet, 10_000);
