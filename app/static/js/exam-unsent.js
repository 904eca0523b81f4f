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
let begun = false;
let sent = 0;
let late = 0;
let refusal = '';

function show() {
  const count = queue.size;
  const name = !count ? 'done' : { ok: 'sending', 'signed-out': 'signedOut' }[queue.connection] ?? 'waiting';
  const told = box.dataset[name].replace('{count}', count || sent).replace('{late}', late);
  const text = [count || sent || !refusal ? told : '', count ? '' : refusal].filter(Boolean).join(' ');
  box.hidden = false;
  const line = box.querySelector('p');
  if (line.textContent !== text) line.textContent = text;
  box.querySelector('a').hidden = count > 0;
}

// What is said beside the refused parts goes to the server all the same, as on the paper.
function takeRefusal({ change: { item, kind, response, base_ordinal: base }, message, parts, sender }) {
  refusal = message;
  if (!sender || !parts || queue.waiting().some((other) => other.item === item && other.kind === kind)) return;
  const rest = structuredClone(response);
  const gone = Object.keys(parts).filter((path) => {
    const steps = path.split('/');
    const last = steps.pop();
    const place = steps.reduce((inside, step) => inside?.[step], rest);
    return place?.[last] !== undefined && delete place[last];
  });
  if (gone.length) queue.add(item, kind, rest, base);
}

function begin() {
  if (begun || !queue.size) return;
  begun = true;
  queue.addEventListener('receipt', ({ detail: { receipt } }) => {
    sent += 1;
    if (receipt.status === 'late') late += 1;
    if (!queue.size && !late && !refusal) location.reload(); // they count: the page has to say so
  });
  queue.addEventListener('refused', ({ detail }) => takeRefusal(detail));
  queue.addEventListener('change', show);
  addEventListener('offline', show);
  show();
  queue.start();
}

document.addEventListener('academy:send', begin);
begin();
