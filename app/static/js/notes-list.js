// My notes: what still waits in this browser is told, sent, and then listed. Without this file the page lists what the
// server has; the next lesson's page sends the rest.
import { NotesQueue } from './notes-queue.js';

const place = document.querySelector('[data-notes-waiting]');
const queue = new NotesQueue({
  reader: place.dataset.reader,
  token: () => place.querySelector('input[name=csrf_token]').value,
});

function tell() {
  const waiting = queue.waiting();
  place.hidden = !waiting.length;
  place.querySelector('ul').replaceChildren(...waiting.map(({ body, refused }) => {
    const item = document.createElement('li');
    item.textContent = [body.text || body.quote, refused].filter(Boolean).join(' — ');
    return item;
  }));
}

queue.addEventListener('saved', () => {
  tell();
  if (!queue.waiting().some(({ refused }) => !refused)) location.reload();
});
queue.addEventListener('refused', tell);
queue.addEventListener('waiting', tell);
tell();
queue.send();
