// One text on its way to the server. Every change is in the store before it is sent; the same edit sent twice is one edit;
// what the server merged comes back and is brought into the text without losing what was typed meanwhile.

import { newId } from '../ids.js';

const STEPS = [1000, 2000, 4000, 8000, 15000];
const IDLE = 800;
const LONGEST = 4000;

// Events: 'change' (the state is another), 'taken' (the text as it stands is what goes), 'merged' (detail: sent, now: bring now into the text), 'conflict' (detail: url),
// 'refused' (detail: message).
export class Saver extends EventTarget {
  constructor({ store, prefix, tab, url, path, version, text, session, read }) {
    super();
    Object.assign(this, { store, prefix, tab, url, path, version, session, read });
    this.base = text; // what the server has at `version`
    this.state = 'saved'; // saved | dirty | saving | offline | busy | signed-out | conflict | refused
    this.savedAt = null;
    this.failures = 0;
    this.edit = null;
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
  }

  get key() { return `${this.prefix}${this.path}|${this.tab}`; }

  get settled() { return this.base !== null && this.read() === this.base; }

  get stopped() { return this.state === 'conflict' || this.state === 'refused'; }

  be(state) { this.state = state; this.dispatchEvent(new CustomEvent('change')); }

  // The text changed: keep it at once, send it when the author pauses.
  changed() {
    if (this.stopped) return;
    if (this.state === 'saved') this.be('dirty');
    this.since ??= Date.now();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), 200);
    if (this.failures) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(IDLE, this.since + LONGEST - Date.now())));
  }

  // The record of the text as it stands: the same text is the same edit, however often it is sent.
  async keep() {
    const text = this.read();
    if (this.edit?.text !== text || this.edit?.version !== this.version) {
      this.edit = { editId: newId(), text, version: this.version, device: this.tab };
    }
    const { editId, version, device } = this.edit;
    await this.store.put({ key: this.key, path: this.path, text, version, editId, device, tab: this.tab, at: Date.now() });
    return this.edit;
  }

  // A text that an earlier window of this browser could not send.
  adopt(record) {
    this.version = record.version;
    this.base = null;
    const { editId, text, version, device } = record;
    this.edit = { editId, text, version, device };
    this.be('dirty');
  }

  wake() {
    if (this.settled || this.stopped) return;
    clearTimeout(this.timer);
    this.send();
  }

  async send() {
    if (this.sending || this.stopped) return;
    if (this.settled) { this.finish(); return; }
    this.sending = true;
    this.since = null;
    const keeping = this.keep(); // takes the text at once; then waits for the store
    this.dispatchEvent(new CustomEvent('taken'));
    const edit = await keeping;
    if (!this.failures) this.be('saving');
    const answer = await this.session.request(this.url(this.path), {
      method: 'PUT',
      json: { text: edit.text, base_version: edit.version, edit_id: edit.editId, device: edit.device },
    });
    this.sending = false;
    this.answered(edit, answer);
  }

  answered(edit, { status, body }) {
    if (status === 200) {
      this.failures = 0;
      const old = this.key;
      Object.assign(this, { version: body.version, base: body.text ?? edit.text, savedAt: new Date(body.saved_at), path: body.path });
      this.store.settle(old, edit.editId);
      if (body.text !== null) this.dispatchEvent(new CustomEvent('merged', { detail: { sent: edit.text, now: body.text } }));
      if (this.settled) this.finish(); else { this.keep(); this.changed(); }
    } else if (status === 409 && body.conflict) this.met(edit, body.conflict);
    else if ([409, 413, 422].includes(status)) {
      this.be('refused');
      this.dispatchEvent(new CustomEvent('refused', { detail: { message: body.detail ?? '' } }));
    } else this.later(status === 0 ? 'offline' : [401, 403, 404].includes(status) ? 'signed-out' : 'busy');
  }

  // The server has what was sent, whole, beside the other version. What was typed while it travelled goes after it.
  async met(edit, url) {
    await this.store.settle(this.key, edit.editId);
    if (this.read() !== edit.text) {
      const last = await this.keep();
      const json = { text: last.text, base_version: last.version, edit_id: last.editId, device: last.device };
      const answer = await this.session.request(this.url(this.path), { method: 'PUT', json });
      if (answer.status !== 409 && answer.status !== 200) return this.later(answer.status === 0 ? 'offline' : 'busy');
      await this.store.settle(this.key, last.editId);
      url = answer.body.conflict ?? url;
    }
    this.be('conflict');
    this.dispatchEvent(new CustomEvent('conflict', { detail: { url } }));
  }

  later(state) {
    this.be(state);
    const pause = STEPS[Math.min(this.failures, STEPS.length - 1)] * (0.75 + Math.random() / 2);
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  finish() {
    clearTimeout(this.keeping);
    if (this.edit) this.store.settle(this.key, this.edit.editId);
    this.since = null;
    this.be('saved');
  }

  // Somebody else saved: the server has another text than we began with, and we have nothing of our own.
  async refresh() {
    if (!this.settled || this.sending) return;
    const before = this.base;
    const { status, body } = await this.session.request(this.url(this.path), {});
    if (status !== 200 || body.version <= this.version || this.sending) return;
    this.session.token = body.csrf_token;
    if (this.read() !== before) return; // typed meanwhile: the next save merges
    Object.assign(this, { version: body.version, base: body.text });
    this.dispatchEvent(new CustomEvent('merged', { detail: { sent: before, now: body.text } }));
  }
}

// Requests with the form token; a stale one is fetched anew once.
export class Session {
  constructor({ token, tokenUrl }) { Object.assign(this, { token, tokenUrl }); }

  async request(url, { method = 'GET', json, body } = {}) {
    const first = await this.attempt(url, method, json, body);
    if (first.status !== 400 || method === 'GET') return first;
    const fresh = await this.attempt(this.tokenUrl, 'GET');
    if (fresh.status !== 200) return fresh;
    this.token = fresh.body.csrf_token;
    return this.attempt(url, method, json, body);
  }

  async attempt(url, method, json, body) {
    const headers = { Accept: 'application/json', 'X-CSRFToken': this.token };
    if (json) headers['Content-Type'] = 'application/json';
    try {
      const answer = await fetch(url, {
        method, headers, body: json ? JSON.stringify(json) : body, redirect: 'manual', signal: AbortSignal.timeout?.(20000),
      });
      if (answer.type === 'opaqueredirect') return { status: 401, body: {} };
      let read = {};
      try { read = JSON.parse(await answer.text()); } catch { if (answer.ok) return { status: 503, body: {} }; }
      return { status: answer.status, body: read };
    } catch { return { status: 0, body: {} }; }
  }
}

// The windows of this browser that are open: what the others keep is theirs.
export async function openWindows(tab) {
  if (!navigator.locks) return new Set([tab]);
  await new Promise((resolve) => { navigator.locks.request(`editing:${tab}`, () => { resolve(); return new Promise(() => {}); }); });
  const { held } = await navigator.locks.query();
  return new Set(held.map((lock) => lock.name).filter((name) => name.startsWith('editing:')).map((name) => name.slice(8)));
}

// Changes that make `now` of `before`, line by line, for CodeMirror.
export function difference(before, now) {
  const [a, b] = [before.split(/(?<=\n)/), now.split(/(?<=\n)/)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  let at = a.slice(0, start).join('').length;
  if (x.length * y.length > 1_000_000) return [{ from: at, to: at + x.join('').length, insert: y.join('') }];
  const longest = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let j = y.length - 1; j >= 0; j -= 1) {
      longest[i][j] = x[i] === y[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const changes = [];
  const note = (from, to, insert) => {
    const last = changes[changes.length - 1];
    if (last && last.to === from) { last.to = to; last.insert += insert; } else changes.push({ from, to, insert });
  };
  for (let i = 0, j = 0; i < x.length || j < y.length;) {
    if (i < x.length && j < y.length && x[i] === y[j]) { at += x[i].length; i += 1; j += 1; }
    else if (j < y.length && (i === x.length || longest[i][j + 1] >= longest[i + 1][j])) { note(at, at, y[j]); j += 1; }
    else { note(at, at + x[i].length, ''); at += x[i].length; i += 1; }
  }
  return changes;
}
