// Reading progress: a section counts as read once its end has been on the screen. What cannot be sent is kept in
// this browser, by reader, and sent when the connection is back. The page works without this file.

const lesson = document.querySelector('[data-lesson]');
const words = lesson.dataset;
const QUEUE = `reading:${words.reader}`;
const SEND_AFTER = 1500;

const store = {
  read() { try { return JSON.parse(localStorage.getItem(QUEUE)) ?? {}; } catch { return {}; } },
  write(value) { try { localStorage.setItem(QUEUE, JSON.stringify(value)); } catch { /* a private window: sent from memory only */ } },
};
// One entry an address: { url: { read: [paths], place: path } }. Other lessons' leftovers are sent from here as well.
let queue = store.read();
let timer = 0;
let sending = false;

const token = () => document.querySelector('input[name=csrf_token]')?.value ?? '';
const state = document.getElementById('save-state');
function say(text, kind) {
  if (!state || state.textContent === text) return;
  state.textContent = text;
  state.className = `save-state is-${kind}`;
}

function keep(change) {
  queue = store.read();
  const entry = queue[words.progressUrl] ?? { read: [], place: '' };
  if (change.read && !entry.read.includes(change.read)) entry.read.push(change.read);
  if (change.place) entry.place = change.place;
  queue[words.progressUrl] = entry;
  store.write(queue);
  clearTimeout(timer);
  timer = setTimeout(send, SEND_AFTER);
}

async function send() {
  if (sending || !Object.keys(queue).length) return;
  sending = true;
  for (const [url, entry] of Object.entries(queue)) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Accept': 'application/json', 'X-CSRFToken': token() },
        body: JSON.stringify(entry),
        keepalive: true,
      });
      // 404 and 422 will not get better by repeating; 401, 403 and 5xx may after signing in or waiting.
      if (!response.ok && ![404, 422].includes(response.status)) throw new Error(String(response.status));
      forget(url, entry);
      if (response.ok) say(words.wordSaved, 'ok');
    } catch {
      say(words.wordOffline, 'attention');
      clearTimeout(timer);
      timer = setTimeout(send, 15000);
    }
  }
  sending = false;
}

// Only what was acknowledged leaves the queue: more may have been added meanwhile, also by another tab.
function forget(url, sent) {
  queue = store.read();
  const entry = queue[url];
  if (!entry) return;
  entry.read = entry.read.filter((path) => !sent.read.includes(path));
  if (entry.place === sent.place) entry.place = '';
  if (!entry.read.length && !entry.place) delete queue[url];
  store.write(queue);
}

function markRead(section) {
  if (section.hasAttribute('data-read')) return;
  section.setAttribute('data-read', '');
  const link = document.querySelector(`[data-outline="${CSS.escape(section.dataset.section)}"]`);
  if (link) {
    const mark = document.createElement('span');
    mark.className = 'visually-hidden';
    mark.textContent = words.wordRead;
    link.append(mark);
    link.classList.add('is-read');
  }
  keep({ read: section.dataset.section });
}

const ends = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) markRead(entry.target.closest('[data-section]'));
});
const places = new IntersectionObserver((entries) => {
  const top = entries.filter((entry) => entry.isIntersecting).at(-1);
  if (top) keep({ place: top.target.dataset.section });
}, { rootMargin: '-10% 0px -70% 0px' });

for (const section of document.querySelectorAll('[data-section]')) {
  ends.observe(section.querySelector('[data-section-end]'));
  places.observe(section);
}
addEventListener('online', send);
addEventListener('pagehide', send);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send(); });
send();
