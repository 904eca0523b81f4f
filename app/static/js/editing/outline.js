// Move modules and lessons by dragging; the arrow buttons of the page do the same by keyboard and without this file.

const token = () => document.querySelector('input[name=csrf_token]').value;
const itemsOf = (list) => [...list.children].filter((item) => item.matches('[data-item]'));
let dragged = null;

const clear = () => {
  for (const item of document.querySelectorAll('.drop-before, .drop-after')) item.classList.remove('drop-before', 'drop-after');
};

function target(event) {
  const list = dragged?.parentElement;
  const item = itemsOf(list ?? document.body).find((one) => one !== dragged && one.contains(event.target));
  if (!item) return null;
  const box = item.getBoundingClientRect();
  return { item, after: event.clientY > box.top + box.height / 2 };
}

async function move(item, place) {
  const body = new URLSearchParams({ csrf_token: token(), place: String(place) });
  const answer = await fetch(item.dataset.move, { method: 'POST', body, redirect: 'follow' });
  if (!answer.ok) return location.reload();
  sessionStorage.setItem('editing:moved', item.id);
  location.reload();
}

for (const handle of document.querySelectorAll('.drag-handle')) {
  const item = handle.closest('[data-item]');
  handle.addEventListener('pointerdown', () => { item.draggable = true; });
  handle.addEventListener('pointerup', () => { item.draggable = false; });
}
document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('[data-item]') ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.id);
  dragged.classList.add('is-dragged');
});
document.addEventListener('dragover', (event) => {
  if (!dragged) return;
  const found = target(event);
  clear();
  if (!found) return;
  event.preventDefault();
  found.item.classList.add(found.after ? 'drop-after' : 'drop-before');
});
document.addEventListener('drop', (event) => {
  const found = dragged && target(event);
  if (!found) return;
  event.preventDefault();
  const rest = itemsOf(dragged.parentElement).filter((one) => one !== dragged);
  move(dragged, rest.indexOf(found.item) + (found.after ? 1 : 0));
});
document.addEventListener('dragend', () => {
  clear();
  dragged?.classList.remove('is-dragged');
  if (dragged) dragged.draggable = false;
  dragged = null;
});

// After a move the focus stays with what was moved.
const moved = sessionStorage.getItem('editing:moved') ?? location.hash.slice(1);
sessionStorage.removeItem('editing:moved');
const item = moved ? document.getElementById(moved) : null;
if (item?.matches('[data-item]')) (item.querySelector(':scope > .row-line button, :scope > .cluster button, a') ?? item).focus();
