// The other pages of a sitting: sends what its paper could not, because it was closed while offline or lost its power.
// The server takes it whenever it comes, with a receipt, and says whether it counts.
import { Queue } from './exam-queue.js';

const box = document.getElementById('exam-unsent');
const queue = new Queue({
  person: box.dataset.person,
  attempt: box.dataset.attempt,
  answersUrl: box.dataset.answers,
  stateUrl: box.dataset.state,
  token: '',
  seen: 0,
});
const found = queue.size;
const late = new Set();
let refusal = '';

function show() {
  const count = queue.size;
  const name = !count ? 'done' : { ok: 'sending', 'signed-out': 'signedOut' }[queue.connection] ?? 'waiting';
  const text = (!count && refusal) || box.dataset[name].replace('{count}', count || found).replace('{late}', late.size);
  box.hidden = false;
  const line = box.querySelector('p');
  if (line.textContent !== text) line.textContent = text;
  box.querySelector('a').hidden = count > 0;
}

if (found) {
  queue.addEventListener('receipt', ({ detail: { receipt } }) => {
    if (receipt.status === 'late') late.add(receipt.ordinal);
    if (!queue.size && !late.size) location.reload(); // they count: the page has to say so
  });
  queue.addEventListener('refused', ({ detail: { message } }) => { refusal = message; });
  queue.addEventListener('change', show);
  addEventListener('offline', show);
  show();
  queue.start();
}
