// Small comforts. Every page works without this file.

const on = (event, selector, run) =>
  document.addEventListener(event, (e) => {
    const target = e.target instanceof Element ? e.target.closest(selector) : null;
    if (target) run(target, e);
  });

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: the choice lasts for this page */ } },
};

// --- announcements ---------------------------------------------------------------------------------------------
function announce(text, action = null) {
  const region = document.getElementById('toasts');
  if (!region) return;
  const toast = document.createElement('div');
  toast.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  toast.append(words);
  if (action) {
    const button = document.createElement('button');
    button.className = 'btn btn-sm';
    button.type = 'button';
    button.textContent = action.label;
    button.addEventListener('click', () => { toast.remove(); action.run(); });
    toast.append(button);
  }
  region.append(toast);
  setTimeout(() => toast.remove(), action ? 12000 : 5000);
}

// Other scripts: document.dispatchEvent(new CustomEvent('academy:announce', { detail: { text, action } }))
document.addEventListener('academy:announce', (e) => announce(e.detail.text, e.detail.action));

// Undo instead of "are you sure": <form data-undo="Removed" data-undo-label="Undo"> waits six seconds before it is sent.
on('submit', 'form[data-undo]', (form, e) => {
  if (form.dataset.undoDone) return;
  e.preventDefault();
  const row = form.closest('tr, li, .card') ?? form;
  row.hidden = true;
  const timer = setTimeout(() => { form.dataset.undoDone = '1'; form.requestSubmit(); }, 6000);
  const leaving = () => { if (row.hidden && !form.dataset.undoDone) navigator.sendBeacon(form.action, new FormData(form)); };
  addEventListener('pagehide', leaving, { once: true });
  announce(form.dataset.undo, { label: form.dataset.undoLabel, run: () => { clearTimeout(timer); removeEventListener('pagehide', leaving); row.hidden = false; } });
});

// --- unsent answers of an examination (exam-queue.js keeps them in this browser) ---------------------------------
// The sitting of the signed-in person whose answers wait; nothing is told of anybody else's.
function unsentSitting() {
  const menu = document.querySelector('[data-unsent-of]');
  try {
    const of = `exam:${menu.dataset.unsentOf}:`;
    const key = Object.keys(localStorage).find((name) => name.startsWith(of) && name.includes(':change:'));
    return key?.slice(of.length).split(':')[0];
  } catch { return undefined; } // nobody is signed in, or nothing is kept
}
on('submit', 'form[data-unsent]', (form, e) => {
  if (unsentSitting() && !confirm(form.dataset.unsent)) e.preventDefault();
});
const sitting = unsentSitting();
if (sitting && !location.pathname.startsWith(`/attempts/${sitting}`)) {
  const { unsentTold, unsentOpen } = document.querySelector('[data-unsent-of]').dataset;
  const note = document.createElement('div');
  note.className = 'callout is-attention';
  note.setAttribute('role', 'status');
  const line = document.createElement('p');
  const link = document.createElement('a');
  Object.assign(link, { href: `/attempts/${sitting}`, textContent: unsentOpen });
  line.append(unsentTold, ' ', link);
  note.append(line);
  document.getElementById('main').prepend(note);
}

// --- marks that are not saved (marking.js keeps them in this browser) -----------------------------------------------
// Nobody else reads what a marker wrote: it is gone when she signs out, told beforehand, and when another person is
// signed in here. A session that merely ended leaves it to her.
function marksOf(person) {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(`marking:${person}:`)); } catch { return []; }
}
const forget = (keys) => keys.forEach((key) => localStorage.removeItem(key));
const here = document.querySelector('[data-unsent-of]')?.dataset.unsentOf;
if (here) {
  const mine = marksOf(here);
  try { forget(Object.keys(localStorage).filter((key) => key.startsWith('marking:') && !mine.includes(key))); } catch { /* nothing is kept */ }
}
on('submit', 'form[data-unsaved-marks]', (form, e) => {
  const mine = marksOf(here);
  if (e.defaultPrevented || mine.length === 0) return;
  if (confirm(form.dataset.unsavedMarks)) forget(mine);
  else e.preventDefault();
});

// --- menus, dialogs, copy --------------------------------------------------------------------------------------
on('click', '[data-toggle-nav]', (button) => {
  const open = document.getElementById(button.getAttribute('aria-controls')).classList.toggle('is-open');
  button.setAttribute('aria-expanded', String(open));
});
document.addEventListener('click', (e) => {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) if (!menu.contains(e.target)) menu.open = false;
});
on('click', '[data-dialog]', (link, e) => {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog?.showModal || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  dialog.showModal();
});
on('click', 'dialog', (dialog, e) => { if (e.target === dialog) dialog.close(); });
on('click', '[data-copy]', async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(button.dataset.copied ?? button.textContent);
  } catch { button.focus(); }
});

// --- shortcuts (can be switched off) ---------------------------------------------------------------------------
const SHORTCUTS = 'shortcuts';
const typing = (el) => el.closest?.('input, textarea, select, [contenteditable]');
document.addEventListener('keydown', (e) => {
  if (e.key === 'Escape') {
    const menu = document.querySelector('details[data-menu][open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
    return;
  }
  if (store.get(SHORTCUTS) === 'off' || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
  if (e.key === '?') document.getElementById('shortcuts')?.showModal();
  const search = document.querySelector('main input[type=search]');
  if (e.key === '/' && search) { e.preventDefault(); search.focus(); }
});
for (const box of document.querySelectorAll('[data-shortcuts-switch]')) {
  box.checked = store.get(SHORTCUTS) !== 'off';
  box.addEventListener('change', () => store.set(SHORTCUTS, box.checked ? 'on' : 'off'));
}

// --- tables: sort by a header ----------------------------------------------------------------------------------
function sortable(root) {
  for (const th of root.querySelectorAll('table[data-sort-table] th[data-sortable]:not(:has(.sort))')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...th.childNodes);
    th.append(button);
  }
}
const keyOf = (row, index) => {
  const cell = row.cells[index];
  return cell?.dataset.sort ?? cell?.textContent.trim() ?? '';
};
on('click', '.sort', (button) => {
  const th = button.closest('th');
  const body = th.closest('table').tBodies[0];
  const up = th.getAttribute('aria-sort') !== 'ascending';
  for (const other of th.parentElement.cells) other.removeAttribute('aria-sort');
  th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const rows = [...body.rows].sort((a, b) => compare(keyOf(a, th.cellIndex), keyOf(b, th.cellIndex)));
  body.append(...(up ? rows : rows.reverse()));
});

// --- tables: which columns are shown, kept in this browser ------------------------------------------------------
function choosable(root) {
  for (const table of root.querySelectorAll('table[data-columns]:not([data-columns-ready])')) {
    table.dataset.columnsReady = '1';
    const key = `columns:${table.dataset.columns}`;
    const heads = [...table.tHead.rows[0].cells];
    const gone = new Set(JSON.parse(store.get(key) ?? '[]'));
    const show = () => {
      for (const row of table.rows) for (const cell of row.cells) cell.hidden = gone.has(cell.cellIndex);
    };
    const menu = document.createElement('details');
    menu.className = 'menu column-choice';
    menu.dataset.menu = '';
    const summary = document.createElement('summary');
    summary.className = 'btn btn-secondary btn-sm';
    summary.textContent = table.dataset.columnsLabel;
    const panel = document.createElement('div');
    panel.className = 'menu-panel';
    for (const head of heads.slice(1)) {
      const label = document.createElement('label');
      label.className = 'form-check';
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.className = 'form-check-input';
      box.checked = !gone.has(head.cellIndex);
      box.addEventListener('change', () => {
        if (box.checked) gone.delete(head.cellIndex); else gone.add(head.cellIndex);
        store.set(key, JSON.stringify([...gone]));
        show();
      });
      label.append(box, head.textContent);
      panel.append(label);
    }
    menu.append(summary, panel);
    (table.closest('.table-wrap') ?? table).before(menu);
    show();
  }
}

// --- unsaved changes -------------------------------------------------------------------------------------------
on('input', 'form[data-guard]', (form) => { form.dataset.dirty = '1'; });
document.addEventListener('submit', (e) => { delete e.target.dataset.dirty; });
addEventListener('beforeunload', (e) => { if (document.querySelector('form[data-guard][data-dirty]')) e.preventDefault(); });

// --- focus: after an error page, and after an htmx swap ----------------------------------------------------------
function settle(root) {
  sortable(root);
  choosable(root);
  takeFocus(root);
}
function takeFocus(root) {
  const target = root.matches?.('[data-focus]') ? root : root.querySelector('[data-focus]');
  target?.focus();
}
settle(document);
// An address with a # takes the focus away again while the page loads.
if (location.hash) addEventListener('load', () => { if (document.activeElement === document.body) takeFocus(document); });
document.addEventListener('htmx:afterSettle', (e) => settle(e.target));
