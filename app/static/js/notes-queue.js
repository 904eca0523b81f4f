// Notes on their way to the server. Each is written to this browser before it is sent, under a key of its own, and
// leaves only when the server has acknowledged it. Sending one twice is harmless: the server knows its id.

const RETRY = 15000;
// These will not get better by repeating; the note stays here, with the reason, until its reader decides.
const FINAL = [403, 404, 409, 413, 422];

// Events: 'saved' (detail: sent, answer), 'waiting' (detail: sent) and 'refused' (detail: sent, message).
export class NotesQueue extends EventTarget {
  constructor({ reader, token }) {
    super();
    this.prefix = `notes:${reader}:`;
    this.token = token;
    this.memory = new Map();
    this.sending = false;
    addEventListener('online', () => this.send());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.send(); });
  }

  waiting() {
    const entries = new Map(this.memory);
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.prefix)) entries.set(key, JSON.parse(localStorage.getItem(key)));
      }
    } catch { /* a private window: memory only */ }
    return [...entries.values()].filter(Boolean);
  }

  add(entry) {
    this.write(entry);
    this.send();
  }

  write(entry) {
    const key = this.prefix + entry.body.id;
    this.memory.set(key, entry);
    try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* kept in memory */ }
  }

  forget(id) {
    this.memory.delete(this.prefix + id);
    try { localStorage.removeItem(this.prefix + id); } catch { /* nothing kept there */ }
  }

  current(id) { return this.waiting().find((entry) => entry.body.id === id); }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  async send() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    for (const entry of this.waiting().filter((one) => !one.refused)) await this.post(entry);
    this.sending = false;
    if (this.waiting().some((one) => !one.refused)) this.timer = setTimeout(() => this.send(), RETRY);
  }

  async post(sent) {
    try {
      const response = await fetch(sent.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.token() },
        body: JSON.stringify(sent.body),
      });
      const answer = await response.json();
      if (response.ok) {
        // Words written while this was on its way stay in the queue, now based on what the server has.
        const now = this.current(sent.body.id);
        if (now && now.body.text !== sent.body.text) this.write({ ...now, body: { ...now.body, version: answer.version } });
        else this.forget(sent.body.id);
        this.tell('saved', { sent, answer });
      } else if (FINAL.includes(response.status)) {
        this.write({ ...sent, refused: answer.detail ?? answer.title ?? String(response.status) });
        this.tell('refused', { sent, message: answer.detail ?? answer.title ?? '' });
      } else this.tell('waiting', { sent });
    } catch {
      this.tell('waiting', { sent });
    }
  }
}
