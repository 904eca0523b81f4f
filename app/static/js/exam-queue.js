// Changes on their way to the server. Each is written to localStorage before it is sent, under a key of its own, and
// removed only when the server has acknowledged it. Sending one twice is harmless: the server knows its client_id.

import { heard } from './exam-pulse.js';
import { newId } from './ids.js';

// localStorage, and memory for what it does not take: forbidden, or full. What was written before it was full is read
// and removed all the same. `lasting`: did it take what was written last?
class Store {
  constructor() {
    this.memory = new Map();
    this.set('exam:test', '1');
    this.remove('exam:test');
  }

  get(key) {
    if (this.memory.has(key)) return this.memory.get(key);
    try { return localStorage.getItem(key); } catch { return null; }
  }

  set(key, value) {
    try {
      localStorage.setItem(key, value);
      this.memory.delete(key);
      this.lasting = true;
    } catch {
      this.memory.set(key, value);
      this.lasting = false;
    }
  }

  remove(key) { this.memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing kept there */ } }

  keys(prefix) {
    let kept = [];
    try { kept = Object.keys(localStorage); } catch { /* memory only */ }
    return [...new Set([...kept, ...this.memory.keys()])].filter((key) => key.startsWith(prefix)).sort();
  }

  // What only this tab has.
  own(prefix) { return [...this.memory.keys()].filter((key) => key.startsWith(prefix)).sort(); }

  read(key) { const text = this.get(key); return text ? JSON.parse(text) : null; }
}

const pendingOf = (person, attempt) => `exam:${person}:${attempt}:change:`;
// How many changes of a sitting wait in this browser.
export const countWaiting = (person, attempt) => new Store().keys(pendingOf(person, attempt)).length;

const STEPS = [1000, 2000, 4000, 8000, 15000];
// So long (milliseconds) one tab waits for another one to send: that may sleep, as phones let tabs that are out of sight.
const ASLEEP = 10000;
// A browser lets a request outlive its page only while it is small (64 KiB in all); a long text is sent without that.
const OUTLIVES = 60000;

// Events: 'change' (the queue or the connection changed), 'receipt' (detail: receipt, change), 'refused' (detail:
// change, message, parts; sender: to this tab), 'state' (what the server has) and 'sync' (the page should ask for that).
export class Queue extends EventTarget {
  constructor({ person, attempt, answersUrl, stateUrl, token, seen }) {
    super();
    Object.assign(this, { answersUrl, stateUrl, token, seen });
    this.store = new Store();
    this.prefix = `exam:${person}:${attempt}:`;
    this.pending = pendingOf(person, attempt);
    this.connection = 'ok'; // ok | offline | busy | signed-out
    this.failures = 0;
    this.device = this.store.get('exam:device');
    if (!this.device) this.store.set('exam:device', this.device = newId());
    addEventListener('online', () => this.wake());
    addEventListener('storage', (e) => this.heard(e));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.wake(); });
  }

  start() {
    // One tab of this browser sends; the next takes over when it closes, or when it sleeps. Without Web Locks (plain http)
    // every tab does.
    const lead = () => { this.leading = true; this.pump(); return new Promise(() => {}); };
    if (navigator.locks) navigator.locks.request(this.prefix, lead).catch(lead);
    else lead();
  }

  waiting() { return this.read(this.store.keys(this.pending)); }

  // What it falls to this tab to send: the others cannot see what storage did not take.
  due() { return this.leading ? this.waiting() : this.read(this.store.own(this.pending)); }

  // With a connection, has the same change stood first in the queue all that time?
  stalled() {
    const first = this.waiting()[0]?.client_id;
    if (this.first !== first || this.connection !== 'ok') Object.assign(this, { first, firstAt: performance.now() });
    return first !== undefined && performance.now() - this.firstAt >= ASLEEP;
  }

  read(keys) { return keys.map((key) => this.store.read(key)).filter(Boolean); }

  get size() { return this.store.keys(this.pending).length; }

  add(item, kind, response, base = this.seen) {
    // Microseconds since 1970, but always rising: unique among the tabs that share this device's name.
    const last = Number(this.store.get(`${this.prefix}seq`) ?? 0);
    const seq = Math.max(last + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
    this.store.set(`${this.prefix}seq`, String(seq));
    const change = {
      item, kind, response, client_id: newId(), device_id: this.device, client_seq: seq, base_ordinal: base,
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

  // A tab that does not send finds out by itself when the server answers again.
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.timer);
    if (this.stalled()) this.leading = true; // from now on both do
    try {
      do {
        for (let next; (next = this.due()[0]) !== undefined;) if (!await this.send(next)) return this.later();
        if (this.connection !== 'ok' && !await this.refresh()) return this.later();
      } while (this.due().length); // given while the server was asked
      this.failures = 0;
      if (this.size) this.timer = setTimeout(() => this.pump(), ASLEEP); // it is another tab's to send
    } finally { this.pumping = false; }
  }

  later() {
    const pause = STEPS[Math.min(this.failures, STEPS.length - 1)] * (0.75 + Math.random() / 2);
    this.failures += 1;
    this.timer = setTimeout(() => this.pump(), pause);
  }

  // True when the change is dealt with and the next one may be sent.
  async send(change, again = false) {
    const text = JSON.stringify(change);
    const answer = await this.request(this.answersUrl, 'mac', {
      method: 'POST',
      keepalive: new Blob([text]).size < OUTLIVES,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.token },
      body: text,
    });
    if (!answer) return false;
    const { status, body } = answer;
    if (status === 200) {
      this.store.remove(this.keyOf(change));
      this.tellTabs('receipt', { receipt: body, change });
      this.settle(body, change);
      return true;
    }
    if (status === 409 && body.code === 'sequence') { this.rename(change); return true; } // never taken
    if ([409, 413, 422].includes(status)) {
      const refusal = { change, message: body.detail ?? '', parts: body.parts };
      this.tellTabs('refused', refusal); // before it is gone from the queue, as if it were saved
      this.store.remove(this.keyOf(change));
      this.tell('refused', { ...refusal, sender: true });
      this.tell('change');
      return true;
    }
    if (status === 400 && !again) return await this.refresh() && this.send(change, true); // the form's token was stale
    this.be(status === 401 || status === 403 || status === 404 ? 'signed-out' : 'busy');
    return false;
  }

  // Name it anew, and after it what was changed later at the same place: the order stays, and nothing is lost between.
  rename({ item, kind }) {
    for (const each of this.waiting().filter((change) => change.item === item && change.kind === kind)) {
      this.add(item, kind, each.response, each.base_ordinal);
      this.store.remove(this.keyOf(each));
    }
  }

  // The other tabs hear what became of a change; no answer stays behind in a browser that others use, too.
  tellTabs(what, detail) {
    this.store.set(`${this.prefix}${what}`, JSON.stringify(detail));
    this.store.remove(`${this.prefix}${what}`);
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

  // Ask what the server has; also fetches a fresh form token. True when it answered for this person. The event tells
  // when, by performance.now(), the server will have said so: in the middle of the way there and back.
  async refresh() {
    const asked = performance.now();
    const answer = await this.request(this.stateUrl, 'items', {});
    if (!answer) return false;
    if (answer.status !== 200) {
      this.be([401, 403, 404].includes(answer.status) ? 'signed-out' : 'busy');
      return false;
    }
    this.token = answer.body.csrf_token;
    this.be('ok');
    this.tell('state', { ...answer.body, at: (asked + performance.now()) / 2 });
    return true;
  }

  async request(url, mark, options) {
    try {
      return await heard(await fetch(url, {
        ...options, headers: { Accept: 'application/json', ...options.headers }, redirect: 'manual',
        signal: AbortSignal.timeout?.(20000),
      }), mark);
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
    } else if (event.key === `${this.prefix}refused` && event.newValue) {
      this.tell('refused', JSON.parse(event.newValue));
      this.tell('change');
    } else if (event.key?.startsWith(this.pending)) {
      this.tell('change');
      if (event.newValue) { this.tell('elsewhere', JSON.parse(event.newValue)); this.pump(); }
    }
  }

  tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
