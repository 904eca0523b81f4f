// One's own notes beside a lesson: select words, or take a whole section; the note shows at once, is kept in this
// browser until the server has it, and says so. Without this file a section's link leads to a form.
import { describe, mark, unmark } from './notes-anchor.js';
import { newId } from './ids.js';
import { NotesQueue } from './notes-queue.js';

const lesson = document.querySelector('[data-lesson]');
const words = document.getElementById('notes-words').dataset;
const dialog = document.getElementById('note-dialog');
const bar = document.getElementById('selection-bar');
const form = dialog.querySelector('form');
const language = document.documentElement.lang === 'en' ? 'en' : 'zh';
const MOST = 1000;
const queue = new NotesQueue({
  reader: lesson.dataset.reader,
  token: () => document.querySelector('input[name=csrf_token]').value,
});
const announce = (text, undo) => document.dispatchEvent(new CustomEvent('academy:announce', { detail: { text, undo } }));
const itemOf = (id) => document.querySelector(`[data-note="${CSS.escape(id)}"]`);
const sectionAt = (at) => document.querySelector(`[data-section="${CSS.escape(at)}"]`);
let editing = null; // {id, at, quote, prefix, suffix, language, version}

// --- what is selected -------------------------------------------------------------------------------------------
function selected(within) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const section = range.startContainer.parentElement?.closest('[data-section]');
  if (!section || (within && section !== within) || !section.contains(range.endContainer)) return null;
  const found = describe(section, range);
  return found && found.quote.length <= MOST ? { at: section.dataset.section, ...found } : null;
}

let settle = 0;
document.addEventListener('selectionchange', () => {
  clearTimeout(settle);
  settle = setTimeout(() => {
    bar.hidden = dialog.open || !selected();
    if (bar.hidden) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    bar.style.left = `${Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 8)) + scrollX}px`;
    bar.style.top = `${box.bottom + 8 + scrollY}px`;
  }, 200);
});
bar.addEventListener('pointerdown', (event) => event.preventDefault()); // the selection stays
bar.addEventListener('click', (event) => {
  const found = selected();
  const action = event.target.closest('[data-mark-as]')?.dataset.markAs;
  if (!found || !action) return;
  bar.hidden = true;
  if (action === 'ask') location.assign(`${words.askUrl}?${new URLSearchParams({ ...found, language })}`);
  else if (action === 'note') open({ id: newId(), version: 0, language, ...found }, '');
  else keep({ id: newId(), version: 0, language, ...found }, '');
});

// --- the dialog -------------------------------------------------------------------------------------------------
const draftKey = () => `notes-draft:${lesson.dataset.reader}:${editing.version ? editing.id : editing.at}`;
function draft(value) {
  try {
    if (value === undefined) return localStorage.getItem(draftKey()) ?? '';
    if (value) localStorage.setItem(draftKey(), value);
    else localStorage.removeItem(draftKey());
  } catch { /* a private window keeps no drafts */ }
  return '';
}

function open(note, text) {
  editing = note;
  const quote = dialog.querySelector('blockquote');
  quote.textContent = note.quote;
  quote.hidden = !note.quote;
  form.text.value = draft() || text;
  for (const button of form.querySelectorAll('[value=bare]')) button.hidden = Boolean(note.version);
  dialog.showModal();
  form.text.focus();
}
form.text.addEventListener('input', () => draft(form.text.value));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const action = event.submitter?.value;
  const text = action === 'keep' ? form.text.value.trim() : '';
  if (action === 'keep' || action === 'bare') {
    keep(editing, text);
    draft('');
  }
  dialog.close();
});

// --- notes on the page ------------------------------------------------------------------------------------------
function keep(note, text) {
  const { id, at, quote, prefix, suffix, version } = note;
  show({ ...note, text });
  queue.add({ url: words.url, body: { id, at, quote, prefix, suffix, language: note.language, version, text } });
}

function show({ id, at, quote, prefix, suffix, language: written, version, text }) {
  let item = itemOf(id);
  if (!item) {
    item = document.getElementById('own-note').content.firstElementChild.cloneNode(true);
    const section = sectionAt(at);
    (section?.querySelector('.own-notes') ?? document.querySelector('.own-notes'))?.append(item);
    Object.assign(item.dataset, { note: id, at, quote, prefix, suffix, language: written });
    item.id = `note-${id}`;
    const quoted = item.querySelector('.own-quote');
    quoted.textContent = quote;
    quoted.hidden = !quote;
    if (quote && section && written === language) mark(section, { quote, prefix, suffix }, id);
  }
  item.dataset.version = version;
  const own = item.querySelector('.own-text');
  own.textContent = text;
  own.hidden = !text;
  item.querySelector('.own-kind').hidden = Boolean(text || quote);
  say(item, words.saving, 'neutral');
}

function say(item, text, kind) {
  const state = item?.querySelector('.note-state');
  if (!state) return;
  state.textContent = text;
  state.className = `note-state save-state is-${kind}`;
}

queue.addEventListener('saved', ({ detail: { sent, answer } }) => {
  const item = itemOf(sent.body.id);
  if (!item) return;
  item.dataset.version = answer.version;
  item.querySelector('[data-note-edit]').href = answer.edit;
  item.querySelector('form').action = answer.remove;
  item.querySelector('.own-text').textContent = answer.text;
  item.querySelector('.own-text').hidden = !answer.text;
  say(item, words.saved, 'ok');
});
queue.addEventListener('waiting', ({ detail: { sent } }) => say(itemOf(sent.body.id), words.offline, 'attention'));
queue.addEventListener('refused', ({ detail: { sent, message } }) => {
  say(itemOf(sent.body.id), `${words.refused} ${message}`, 'danger');
});

document.addEventListener('click', (event) => {
  const create = event.target.closest('[data-note-new]');
  const edit = event.target.closest('[data-note-edit]');
  const marked = event.target.closest('mark.own-mark');
  const ask = event.target.closest('[data-ask]');
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (ask) {
    const found = selected(sectionAt(ask.dataset.ask));
    if (found) ask.href = `${words.askUrl}?${new URLSearchParams({ ...found, language })}`;
  } else if (create) {
    event.preventDefault();
    const at = create.dataset.noteNew;
    open({ id: newId(), version: 0, language, quote: '', prefix: '', suffix: '', at, ...selected(sectionAt(at)) }, '');
  } else if (edit) {
    event.preventDefault();
    const { note: id, at, quote, prefix, suffix, language: written, version } = edit.closest('[data-note]').dataset;
    const text = edit.closest('[data-note]').querySelector('.own-text').textContent;
    open({ id, at, quote, prefix, suffix, language: written, version: Number(version) }, text);
  } else if (marked && !event.target.closest('a')) {
    itemOf(marked.dataset.mark)?.scrollIntoView({ block: 'center' });
  }
});
document.addEventListener('pointerdown', (event) => {
  if (event.target.closest('[data-note-new], [data-ask]')) event.preventDefault(); // the selection stays
});

document.addEventListener('submit', async (event) => {
  const item = event.target.closest('[data-note]');
  if (!item) return;
  event.preventDefault();
  const { note: id } = item.dataset;
  const url = event.target.getAttribute('action');
  try {
    if (url) {
      const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': queue.token() };
      const response = await fetch(url, { method: 'POST', headers, body: '{}' });
      if (!response.ok) throw new Error(String(response.status));
    }
    queue.forget(id);
    unmark(id);
    item.remove();
    announce(words.removed);
  } catch { announce(words.offline); }
});

// --- what is there already, and what waits ------------------------------------------------------------------------
for (const item of document.querySelectorAll('[data-note]')) {
  const { note: id, at, quote, prefix, suffix, language: written } = item.dataset;
  const section = sectionAt(at);
  if (quote && section && written === language && !mark(section, { quote, prefix, suffix }, id)) {
    item.querySelector('.note-moved').hidden = false;
  }
}
for (const { url, body, refused } of queue.waiting()) {
  if (url !== words.url || !sectionAt(body.at)) continue;
  show(body);
  say(itemOf(body.id), refused ? `${words.refused} ${refused}` : words.offline, refused ? 'danger' : 'attention');
}
queue.send();
