// Changes on their way to the server. Each is written to localStorage before it is sent, under a key of its own, and
// removed only when the server has acknowledged it. Sending one twice is harmless: the server knows its client_id.

import { newId } from './ids.js';

// localStorage, or memory where the browser forbids it; `lasting` says which.
class Store {
  constructor() {
    this.memory = new Map();
    try {
      localStorage.setItem('exam:test', '1');
      localStorage.removeItem('exam:test');
      this.lasting = true;
    } catch { this.lasting = false; }
  }

  get(key) { return this.lasting ? localStorage.getItem(key) : this.memory.get(key) ?? null; }

  set(key, value) {
    if (this.lasting) { try { localStorage.setItem(key, value); return; } catch { this.lasting = false; } }
    this.memory.set(key, value);
  }

  remove(key) { this.memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing kept there */ } }

  keys(prefix) {
    let kept = [];
    try { kept = Object.keys(localStorage); } catch { /* memory only */ }
    return [...new Set([...kept, ...this.memory.keys()])].filter((key) => key.startsWith(prefix)).sort();
  }

  read(key) { const text = this.memory.get(key) ?? this.get(key); return text ? JSON.parse(text) : null; }
}

const STEPS = [1000, 2000, 4000, 8000, 15000];

// Events: 'change' (the queue or the connection changed), 'receipt' (detail: receipt, change), 'refused' (detail:
// change, message), 'ended' and 'sync' (the page should ask the server what it has).
export class Queue extends EventTarget {
  constructor({ person, attempt, answersUrl, stateUrl, token, seen }) {
    super();
    Object.assign(this, { answersUrl, stateUrl, token, seen });
    this.store = new Store();
    this.prefix = `exam:${person}:${attempt}:`;
    this.pending = `${this.prefix}change:`;
    this.connection = 'ok'; // ok | offline | busy | signed-out
    this.failures = 0;
    this.device = this.store.get('exam:device');
    if (!this.device) this.store.set('exam:device', this.device = newId());
    addEventListener('online', () => this.wake());
    addEventListener('storage', (e) => this.heard(e));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
  }

  start() {
    // One tab of this browser sends; the next takes over when it closes. Without Web Locks (plain http) every tab does.
    const lead = () => { this.leading = true; this.pump(); return new Promise(() => {}); };
    if (navigator.locks) navigator.locks.request(this.prefix, lead);
    else lead();
  }

  waiting() { return this.store.keys(this.pending).map((key) => this.store.read(key)).filter(Boolean); }

  get size() { return this.store.keys(this.pending).length; }

  add(item, kind, response) {
    // Microseconds since 1970, but always rising: unique among the tabs that share this device's name.
    const last = Number(this.store.get(`${this.prefix}seq`) ?? 0);
    const seq = Math.max(last + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
    this.store.set(`${this.prefix}seq`, String(seq));
    const change = {
      item, kind, response, client_id: newId(), device_id: this.device, client_seq: seq, base_ordinal: this.seen,
    };
    this.store.set(this.keyOf(change), JSON.stringify(change));
    this.tell('change');
    this.pump();
  }

  keyOf(change) { return `${this.pending}${String(change.client_seq).padStart(17, '0')}`; }

  wake() {
    clearTimeout(this.timer);
    if (this.connection !== 'ok' || this.size) this.pump();
  }

  async pump() {
    if (!this.leading || this.pumping) return;
    this.pumping = true;
    clearTimeout(this.timer);
    try {
      for (let next; (next = this.waiting()[0]) !== undefined;) if (!await this.send(next)) return this.later();
      if (this.connection !== 'ok' && !await this.refresh()) return this.later();
      this.failures = 0;
    } finally { this.pumping = false; }
  }

  later() {
    const pause = STEPS[Math.min(this.failures, STEPS.length - 1)] * (0.75 + Math.random() / 2);
    this.failures += 1;
    this.timer = setTimeout(() => this.pump(), pause);
  }

  // True when the change is dealt with and the next one may be sent.
  async send(change) {
    const answer = await this.request(this.answersUrl, {
      method: 'POST',
      keepalive: true,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.token },
      body: JSON.stringify(change),
    });
    if (!answer) return false;
    const { status, body } = answer;
    if (status === 200) {
      this.store.remove(this.keyOf(change));
      this.store.set(`${this.prefix}receipt`, JSON.stringify({ receipt: body, change }));
      this.settle(body, change);
      return true;
    }
    if (status === 409 && body.code === 'sequence') { // never taken: name it anew
      this.store.remove(this.keyOf(change));
      this.add(change.item, change.kind, change.response);
      return true;
    }
    if ([409, 413, 422].includes(status)) {
      this.store.remove(this.keyOf(change));
      this.tell('refused', { change, message: body.detail ?? '' });
      this.tell('change');
      return true;
    }
    if (status === 400) return this.refresh(); // the form's token is stale
    this.be(status === 401 || status === 403 || status === 404 ? 'signed-out' : 'busy');
    return false;
  }

  settle(receipt, change) {
    this.be('ok');
    const next = receipt.ordinal === this.seen + 1;
    if (next) this.seen = receipt.ordinal;
    this.tell('receipt', { receipt, change });
    this.tell('change');
    if (receipt.ordinal > this.seen || receipt.status !== 'counted') this.tell('sync');
  }

  // Somebody else noticed that the server does not answer (0), or not to this person: tell, and try until it does.
  lost(status) {
    this.be(status === 0 ? 'offline' : [401, 403, 404].includes(status) ? 'signed-out' : 'busy');
    this.later();
  }

  // Ask what the server has; also fetches a fresh form token. True when it answered for this person.
  async refresh() {
    const answer = await this.request(this.stateUrl, {});
    if (!answer) return false;
    if (answer.status !== 200) {
      this.be([401, 403, 404].includes(answer.status) ? 'signed-out' : 'busy');
      return false;
    }
    this.token = answer.body.csrf_token;
    this.be('ok');
    this.tell('state', answer.body);
    return true;
  }

  async request(url, options) {
    try {
      const response = await fetch(url, {
        ...options, headers: { Accept: 'application/json', ...options.headers }, redirect: 'manual',
        signal: AbortSignal.timeout?.(20000),
      });
      if (response.type === 'opaqueredirect') return { status: 401, body: {} };
      const text = await response.text();
      let body = {};
      try { body = JSON.parse(text); } catch { if (response.ok) return this.be('busy'); }
      return { status: response.status, body };
    } catch { return this.be('offline'); }
  }

  be(connection) {
    if (this.connection !== connection) { this.connection = connection; this.tell('change'); }
    return null;
  }

  // What another tab of this browser did.
  heard(event) {
    if (event.key === `${this.prefix}receipt` && event.newValue) {
      const { receipt, change } = JSON.parse(event.newValue);
      this.settle(receipt, change);
    } else if (event.key?.startsWith(this.pending)) {
      this.tell('change');
      if (event.newValue) { this.tell('elsewhere', JSON.parse(event.newValue)); this.pump(); }
    }
  }

  tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
