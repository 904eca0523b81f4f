// One key per level: 1 … 9 choose in the criterion that has the focus, else in the first that has no level yet, and
// lead on to the next. Ctrl+Enter saves. The switch for shortcuts (“?”) turns the number keys off. What is entered is kept
// in the browser until the server has it: a lost connection or an ended session loses no comment.
import { heard } from './exam-pulse.js';

const form = document.querySelector('[data-marking]');
const off = () => { try { return localStorage.getItem('shortcuts') === 'off'; } catch { return false; } };
const typing = (el) => el.matches?.('textarea, select, input:not([type="radio"])');
const DAYS_KEPT = 14;

// --- what is not saved yet -----------------------------------------------------------------------------------------------
const entered = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !['csrf_token', 'seen'].includes(name)).map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]));
const same = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* no room, or not allowed: the form still works */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  tidy() {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith('marking:'))) {
        if (!(Date.now() - store.read(key)?.at < DAYS_KEPT * 86_400_000)) store.drop(key);
      }
    } catch { /* nothing was kept */ }
  },
};
const note = (which) => {
  for (const each of document.querySelectorAll('#mark-notes [data-note]')) each.hidden = each.dataset.note !== which;
};

function fill(values) {
  for (const element of form.elements) {
    if (element.type === 'radio') element.checked = values[element.name] === element.value;
    else if (element.name in values) element.value = values[element.name];
  }
}

function keepDrafts() {
  const key = form.dataset.draft;
  const asServed = entered();
  store.tidy();
  const draft = store.read(key);
  if (form.dataset.fresh && draft && !same(draft.values, asServed)) {
    fill(draft.values);
    note('restored');
  } else if (draft) store.drop(key);
  const keep = () => { if (same(entered(), asServed)) store.drop(key); else store.write(key, { at: Date.now(), values: entered() }); };
  form.addEventListener('input', keep);
  form.addEventListener('marking:changed', keep);
  form.querySelector('[data-forget]')?.addEventListener('click', () => {
    store.drop(key);
    fill({ comment: '', ...asServed });
    note('');
    form.elements.comment.focus();
  });
}

// --- saving ---------------------------------------------------------------------------------------------------------------
// The browser's own submission would leave the page for one that says nothing when there is no connection.
async function save(event) {
  event.preventDefault();
  if (form.dataset.saving) return;
  form.dataset.saving = 'yes';
  try {
    const { status, body } = await heard(await fetch(form.action, {
      method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' },
      redirect: 'manual', signal: AbortSignal.timeout?.(20000),
    }), 'next');
    if (status === 200) {
      store.drop(form.dataset.draft);
      location.assign(body.next);
    } else if ([400, 401].includes(status)) note('signed_out');
    else if (status >= 500) note('offline');
    else form.submit(); // refused: the page that the server makes of it says why, and keeps what was entered
  } catch {
    note('offline');
  } finally { delete form.dataset.saving; }
}

// --- keys ------------------------------------------------------------------------------------------------------------------
if (form) {
  const criteria = [...form.querySelectorAll('[data-criterion]')];
  const chosen = (criterion) => criterion.querySelector('input:checked');
  const goOn = (from) => {
    const next = criteria.slice(criteria.indexOf(from) + 1).find((each) => !chosen(each)) ?? criteria.find((each) => !chosen(each));
    (next?.querySelector('input') ?? form.elements.comment).focus();
  };

  document.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && form.contains(document.activeElement)) {
      e.preventDefault();
      form.querySelector('.form-buttons button[type="submit"]')?.click();
      return;
    }
    if (off() || e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector('dialog[open]')) return;
    if (!/^[1-9]$/.test(e.key)) return;
    const here = document.activeElement.closest?.('[data-criterion]');
    const criterion = here ?? criteria.find((each) => !chosen(each));
    const level = criterion?.querySelector(`input[data-key="${e.key}"]`);
    if (!level) return;
    e.preventDefault();
    level.checked = true;
    form.dispatchEvent(new Event('marking:changed'));
    goOn(criterion);
  });

  for (const button of form.querySelectorAll('[data-comment]')) {
    button.addEventListener('click', () => {
      const { comment } = form.elements;
      comment.value = [comment.value.trimEnd(), button.textContent].filter(Boolean).join('\n');
      form.dispatchEvent(new Event('marking:changed'));
      comment.focus();
    });
  }

  keepDrafts();
  form.addEventListener('submit', save);
  (document.querySelector('[data-focus]') ?? criteria.find((each) => !chosen(each))?.querySelector('input') ?? form.querySelector('.form-short'))?.focus({ preventScroll: true });
}
