// One large file on its way to the server, as tus 1.0 says it (https://tus.io): announced once, sent in pieces, gone on with where the
// server says it stopped – after a broken line, after closing the page, another day. What is lost is at most the piece in the air.

const SMALLEST = 64 * 1024;
const LARGEST = 4 * 1024 * 1024;
const FIRST = 256 * 1024;
const STEPS = [500, 1000, 2000, 4000, 8000, 15000];
const END = 64 * 1024;

function crc32(bytes, crc = 0) {
  let value = ~crc;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xEDB88320 : 0);
  }
  return ~value >>> 0;
}

// The same file chosen again is known by its name, size, age, beginning and end.
export async function fingerprint(file) {
  const ends = [file.slice(0, END), file.slice(Math.max(0, file.size - END))];
  let sum = 0;
  for (const end of ends) sum = crc32(new Uint8Array(await end.arrayBuffer()), sum);
  return [file.name, file.size, file.lastModified, sum.toString(16)].join('|');
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// Events: 'change' (state, sent), 'done' (detail: what the server answered), 'refused' (detail: message).
export class Upload extends EventTarget {
  // `url`: where the upload was begun before; `session`: form token and how to get a fresh one.
  constructor({ file, mark, uploads, session, url = null }) {
    super();
    Object.assign(this, { file, mark, uploads, session, url });
    this.state = 'preparing'; // preparing | sending | waiting | offline | busy | signedOut | paused | checking | done | refused
    this.sent = 0;
    this.piece = FIRST;
    this.failures = 0;
    addEventListener('online', () => this.wake?.());
  }

  be(state, sent = this.sent) {
    Object.assign(this, { state, sent });
    this.dispatchEvent(new CustomEvent('change'));
  }

  pause() {
    if (['done', 'refused', 'checking', 'paused'].includes(this.state)) return;
    this.stopped = true;
    this.request?.abort();
    this.wake?.();
    this.be('paused');
  }

  resume() {
    if (this.state === 'paused') this.run();
  }

  async run() {
    this.stopped = false;
    let offset = null;
    while (!this.stopped) {
      const answer = await this.step(offset);
      if (this.stopped) return;
      const { status } = answer;
      if ([200, 201, 204].includes(status)) {
        this.failures = 0;
        if (answer.body?.name) return this.finished(answer.body);
        offset = Number(answer.offset);
        this.sent = offset;
      } else if (status === 409 && this.failures < STEPS.length) { // another request of ours was counted: ask again
        this.failures += 1;
        offset = null;
      } else if ([404, 409, 412, 413, 415, 422].includes(status)) {
        this.be('refused');
        this.dispatchEvent(new CustomEvent('refused', { detail: { message: answer.body?.detail ?? '' } }));
        return;
      } else {
        offset = null;
        await this.rest(status, answer.body?.code);
      }
    }
  }

  // What comes next: announce, ask how far it is, send a piece, or say that all of it is there.
  async step(offset) {
    if (!this.url) {
      const answer = await this.ask('POST', this.uploads, {
        'Upload-Length': this.file.size,
        'Upload-Metadata': `filename ${base64(this.file.name)},fingerprint ${base64(this.mark)}`,
      });
      if (answer.status === 201) this.url = answer.location;
      return answer;
    }
    if (offset === null) return this.ask('HEAD', this.url);
    if (offset >= this.file.size) {
      this.be('checking', offset);
      return this.ask('POST', `${this.url}/finish`);
    }
    this.be('sending', offset);
    const began = performance.now();
    const body = this.file.slice(offset, offset + this.piece);
    const answer = await this.ask('PATCH', this.url, { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' }, body, offset);
    const took = performance.now() - began; // a piece takes about a second, so that it holds nobody up
    if (answer.status === 204) this.piece = Math.min(LARGEST, Math.max(SMALLEST, took < 700 ? this.piece * 2 : took > 2000 ? this.piece / 2 : this.piece));
    return answer;
  }

  async rest(status, code) {
    this.be(status === 0 ? 'offline' : status === 401 || status === 400 ? 'signedOut' : code === 'turn' ? 'waiting' : 'busy');
    const pause = code === 'turn' ? 800 : STEPS[Math.min(this.failures, STEPS.length - 1)];
    if (code !== 'turn') this.failures += 1;
    await new Promise((resolve) => { this.wake = resolve; setTimeout(resolve, pause * (0.75 + Math.random() / 2)); });
    this.wake = null;
  }

  finished(body) {
    this.be('done', this.file.size);
    this.dispatchEvent(new CustomEvent('done', { detail: body }));
  }

  async ask(method, url, headers = {}, body = null, offset = 0) {
    const first = await this.attempt(method, url, headers, body, offset);
    if (first.status !== 400 || this.stopped) return first;
    const fresh = await this.session.attempt(this.session.tokenUrl, 'GET'); // the form token has expired
    if (fresh.status !== 200) return fresh;
    this.session.token = fresh.body.csrf_token;
    return this.attempt(method, url, headers, body, offset);
  }

  attempt(method, url, headers, body, offset) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open(method, url);
      request.timeout = 60_000;
      for (const [name, value] of Object.entries({ Accept: 'application/json', 'X-CSRFToken': this.session.token, 'Tus-Resumable': '1.0.0', ...headers })) request.setRequestHeader(name, String(value));
      if (body) request.upload.addEventListener('progress', (event) => { if (!this.stopped) this.be('sending', offset + event.loaded); });
      request.addEventListener('loadend', () => {
        let read = null;
        try { read = JSON.parse(request.responseText); } catch { /* no JSON: a header says all */ }
        resolve({ status: request.status, body: read, offset: request.getResponseHeader('Upload-Offset'), location: request.getResponseHeader('Location') });
      });
      request.send(body);
    });
  }
}
