// A glossary term in a lesson opens its entry beside it. Escape, a click elsewhere, or leaving it closes the entry and
// gives the focus back. Where the browser knows no popovers, and without this file, the link leads to the glossary.

const GAP = 6;
const EDGE = 12;

function place(card, link) {
  const line = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(line.left, innerWidth - width - EDGE));
  const below = line.bottom + GAP;
  const top = below + height > innerHeight - EDGE && line.top - GAP - height > EDGE ? line.top - GAP - height : below;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

if ('popover' in HTMLElement.prototype) {
  for (const link of document.querySelectorAll('a.term[data-term]')) {
    const card = document.getElementById(`term-${link.dataset.term}`);
    if (!card) continue;
    link.setAttribute('aria-haspopup', 'dialog');
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      link.focus();
      card.showPopover();
      place(card, link);
      card.focus({ preventScroll: true });
    });
  }
}
