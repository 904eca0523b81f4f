// One key per level: 1 … 9 choose in the criterion that has the focus, else in the first that has no level yet, and
// lead on to the next. Ctrl+Enter saves. The switch for shortcuts (“?”) turns the number keys off.
const form = document.querySelector('[data-marking]');
const off = () => { try { return localStorage.getItem('shortcuts') === 'off'; } catch { return false; } };
const typing = (el) => el.matches?.('textarea, select, input:not([type="radio"])');

if (form) {
  const criteria = [...form.querySelectorAll('[data-criterion]')];
  const chosen = (criterion) => criterion.querySelector('input:checked');
  const goOn = (from) => {
    const next = criteria.slice(criteria.indexOf(from) + 1).find((each) => !chosen(each)) ?? criteria.find((each) => !chosen(each));
    (next?.querySelector('input') ?? form.elements.comment).focus();
  };

  document.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && e.ctrlKey && form.contains(document.activeElement)) {
      e.preventDefault();
      form.querySelector('button[type="submit"]')?.click();
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
    goOn(criterion);
  });

  (document.querySelector('[data-focus]') ?? criteria.find((each) => !chosen(each))?.querySelector('input'))?.focus({ preventScroll: true });
}
