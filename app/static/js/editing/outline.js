// Move modules and lessons by dragging; the arrow buttons of the page do the same by keyboard and without this file.

const token = () => document.querySelector('input[name=csrf_token]').value;
const itemsOf = (list) => [...list.children].filter((item) => item.matches('[data-item]'));
let dragged = null;

const clear = () => {
  for (const item of document.querySelectorAll('.drop-before, .drop-after')) item.classList.remove('drop-before', 'drop-after');
};

// Lessons go to any module, modules among themselves.
const listFor = (element) => (dragged.parentElement.dataset.lessonsOf
  ? element.closest('[data-item].module')?.querySelector('[data-lessons-of]')
  : dragged.parentElement);

function target(event) {
  const list = dragged && listFor(event.target);
  if (!list) return null;
  const item = itemsOf(list).find((one) => one !== dragged && one.contains(event.target));
  if (!item) return list === dragged.parentElement ? null : { list, item: itemsOf(list).at(-1), after: true };
  const box = item.getBoundingClientRect();
  return { list, item, after: event.clientY > box.top + box.height / 2 };
}

async function move(item, place, to) {
  const body = new URLSearchParams({ csrf_token: token(), place: String(place) });
  if (to) body.set('to', to);
  const answer = await fetch(item.dataset.move, { method: 'POST', body, redirect: 'follow' });
  if (!answer.ok) return location.reload();
  sessionStorage.setItem('editing:moved', to ? `lesson-${to}-${item.dataset.move.split('/').at(-2)}` : item.id);
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
  (found.item ?? found.list).classList.add(found.after ? 'drop-after' : 'drop-before');
});
document.addEventListener('drop', (event) => {
  const found = dragged && target(event);
  if (!found) return;
  event.preventDefault();
  const rest = itemsOf(found.list).filter((one) => one !== dragged);
  move(dragged, rest.indexOf(found.item) + (found.after ? 1 : 0), found.list.dataset.lessonsOf);
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
