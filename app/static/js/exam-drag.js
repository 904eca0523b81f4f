// Dragging by mouse, pen or finger: an item is dropped on a place of the text or image. It fills in the list of that
// place and nothing else; the lists are the way by keyboard, by screen reader, with a single tap, and without this file.

import { carry } from './exam-carry.js';

class Board {
  constructor(root) {
    this.root = root;
    this.lists = [...root.querySelectorAll('select[data-path]')];
    this.tray = root.querySelector('[data-drag-items]');
    for (const option of this.lists[0].options) if (option.value) this.tray.append(this.chip(option));
    root.querySelector('[data-drag]').hidden = false;
    root.addEventListener('pointerdown', (event) => this.press(event));
    // A finger on an item drags it and not the page; elsewhere on the image it goes on scrolling.
    root.addEventListener('touchstart', (event) => {
      if (event.target.closest('.drag-item, [data-place].is-filled')) event.preventDefault();
    }, { passive: false });
    root.addEventListener('change', () => this.show());
    root.closest('[data-item]')?.addEventListener('academy:written', () => this.show());
    addEventListener('hashchange', () => requestAnimationFrame(() => this.show())); // only what is shown has a width
    this.show();
  }

  chip({ value, text }) {
    const chip = document.createElement('span');
    chip.className = 'drag-item';
    chip.dataset.value = value;
    chip.textContent = text;
    return chip;
  }

  // What is in the places, also on the image.
  show() {
    const used = new Set(this.lists.map((list) => list.value));
    for (const chip of this.tray.children) chip.classList.toggle('is-used', used.has(chip.dataset.value));
    for (const place of this.root.querySelectorAll('[data-place]')) {
      const list = document.getElementById(place.dataset.place);
      const label = place.querySelector('text');
      place.classList.toggle('is-filled', Boolean(list.value));
      const { number } = label.dataset;
      label.textContent = list.value ? `${number}. ${list.selectedOptions[0].text}` : number;
      label.style.fontSize = `${Math.max(16, 13 * this.shrunk(place.ownerSVGElement))}px`;
      const room = Number(place.querySelector('rect').getAttribute('width')) - 8;
      for (let kept = label.textContent; kept.length > 1 && label.getComputedTextLength() > room;) {
        kept = kept.slice(0, -1);
        label.textContent = `${kept}…`;
      }
    }
  }

  // How many units of the image one pixel of the screen is; 1 while it is not shown.
  shrunk(image) { return image.clientWidth ? image.viewBox.baseVal.width / image.clientWidth : 1; }

  press(event) {
    const chip = event.target.closest('.drag-item');
    const place = event.target.closest('[data-place]');
    const from = place && document.getElementById(place.dataset.place);
    const value = chip ? chip.dataset.value : from?.value;
    if (!value || event.button || !event.isPrimary || this.lists[0].matches(':disabled')) return;
    event.preventDefault();
    const { text } = [...this.lists[0].options].find((option) => option.value === value);
    carry(event, {
      lift: () => this.chip({ value, text }),
      over: (at) => this.mark(this.listAt(at)),
      drop: (at) => {
        const list = at && this.listAt(at);
        this.mark(null);
        if (!at || list === from) return;
        if (from) this.fill(from, '');
        if (list) this.fill(list, value);
        this.tell(text, list);
      },
    });
  }

  // Dropped: for somebody who does not see where.
  tell(item, list) {
    const told = this.root.querySelector('[data-told]');
    const place = list?.getAttribute('aria-label') || list?.labels[0]?.textContent.trim();
    if (place) told.textContent = told.dataset.placed.replace('{item}', () => item).replace('{place}', () => place);
    else told.textContent = told.dataset.out.replace('{item}', () => item);
  }

  // The list of the place under the pointer: in the text, on the image, or beside it.
  listAt({ x, y }) {
    const hit = document.elementFromPoint(x, y);
    const place = hit?.closest('[data-place]');
    const list = place ? document.getElementById(place.dataset.place)
      : hit?.closest('select') ?? hit?.closest('.match')?.querySelector('select');
    return this.lists.includes(list) ? list : null;
  }

  mark(list) {
    for (const each of this.lists) each.classList.toggle('is-over', each === list);
    for (const place of this.root.querySelectorAll('[data-place]')) place.classList.toggle('is-over', place.dataset.place === list?.id);
  }

  fill(list, value) {
    list.value = value;
    list.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

// A check question of a lesson comes anew with each answer.
function begin(scope) {
  for (const root of scope.querySelectorAll('[data-board=""]')) {
    root.dataset.board = 'ready';
    new Board(root);
  }
}

document.addEventListener('htmx:load', (event) => begin(event.target));
begin(document);
