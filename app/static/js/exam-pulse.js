// A sign of life every so often; the answer says how many decisions of invigilators there are. Hidden tabs keep quiet
// less often than visible ones (browsers slow their timers down), and ask at once when they are shown again.

// What the server says: {status, body}. A gateway, or a network that wants its own sign-in first, answers in its place with
// whatever it likes: that is 502. Ours is known by what stands in it: `mark` where all is well, else the status once more.
export async function heard(response, mark) {
  const body = await response.json().catch(() => null);
  const ours = response.ok ? body?.[mark] !== undefined : body?.status === response.status;
  if (ours) return { status: response.status, body };
  return { status: response.status === 413 ? 413 : 502, body: {} }; // what is too long, a server in front of ours says for it
}

export class Pulse {
  constructor({ url, every, token }) {
    Object.assign(this, { url, every, token: token ?? (() => document.querySelector('input[name=csrf_token]')?.value ?? '') });
    this.handlers = {};
  }

  on(name, run) { this.handlers[name] = run; return this; }

  start() {
    this.later();
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.beat(); });
    addEventListener('online', () => this.beat());
    return this;
  }

  // Spread by a quarter, so that a room that began together does not ask together.
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), this.every * 1000 * (0.75 + Math.random() / 2));
  }

  async beat() {
    if (this.beating) return;
    this.beating = true;
    clearTimeout(this.timer);
    let status = 0;
    try {
      const answer = await fetch(this.url, {
        method: 'POST', redirect: 'manual', headers: { Accept: 'application/json', 'X-CSRFToken': this.token() },
        signal: AbortSignal.timeout?.(15000),
      });
      const found = await heard(answer, 'state');
      status = found.status;
      if (status === 200) this.handlers.heard?.(found.body);
    } catch { status = 0; } finally { this.beating = false; this.later(); }
    if (status !== 200) this.handlers.lost?.(status);
  }
}
