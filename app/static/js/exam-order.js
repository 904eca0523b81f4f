// Items to be put in order: moved by their arrows, dragged by mouse or pen, or by a finger at their grip. The lists of
// places underneath hold the answer: they are filled by the first move or by confirming, and whatever fills them from
// elsewhere orders the items. Without this file the lists themselves are used.

import { carry } from './exam-carry.js';

class Order {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector('ol');
    this.given = [...this.list.children];
    this.state = root.querySelector('[data-order-state]');
    this.confirm = root.querySelector('[data-confirm]');
    root.classList.add('is-ready');
    root.classList.toggle('is-off', this.off());
    root.addEventListener('click', (event) => this.click(event));
    this.list.addEventListener('pointerdown', (event) => this.press(event));
    // A finger at a grip drags and does not scroll; nor does a press on the words open the list they name.
    this.list.addEventListener('touchstart', (event) => {
      if (event.target.closest('.order-grip')) event.preventDefault();
    }, { passive: false });
    root.closest('[data-item]')?.addEventListener('academy:written', () => this.show());
    addEventListener('pageshow', () => this.show());
    this.show();
  }

  off() { return this.field(this.given[0]).matches(':disabled'); }

  field(row) { return row.querySelector('select'); }

  rows() { return [...this.list.children]; }

  // Who has a place of her own stands there; the others fill what is left, in the order given.
  wanted() {
    const places = this.given.map(() => null);
    const others = this.given.filter((row) => {
      const place = this.field(row).value - 1;
      if (place < 0 || places[place]) return true;
      places[place] = row;
      return false;
    });
    return places.map((row) => row ?? others.shift());
  }

  show(moved = null) {
    const wanted = this.wanted();
    wanted.forEach((row, place) => { if (this.list.children[place] !== row) this.list.children[place].before(row); });
    const open = wanted.filter((row, place) => Number(this.field(row).value) !== place + 1);
    wanted.forEach((row, place) => {
      row.classList.toggle('is-open', open.includes(row));
      const [up, down] = row.querySelectorAll('[data-move]');
      up.setAttribute('aria-disabled', String(place === 0));
      down.setAttribute('aria-disabled', String(place === wanted.length - 1));
    });
    const { dataset } = this.state;
    const kept = wanted.some((row) => this.field(row).value) ? dataset.partly : dataset.open;
    const values = { item: moved?.dataset.itemName, place: wanted.indexOf(moved) + 1, count: wanted.length };
    const whole = moved ? dataset.moved.replace(/\{(\w+)\}/g, (_, key) => values[key]) : dataset.whole;
    this.say(open.length ? kept : whole);
    if (open.length === 0 && this.confirm === document.activeElement) this.state.focus();
    this.confirm.hidden = open.length === 0;
  }

  say(text) { if (this.state.textContent !== text) this.state.textContent = text; }

  click(event) {
    if (this.off()) return;
    if (event.target.closest('label')) event.preventDefault();
    const button = event.target.closest('[data-move], [data-confirm]');
    if (!button || button.getAttribute('aria-disabled') === 'true') return;
    const row = button.closest('li');
    if (row) this.move(row, this.rows().indexOf(row) + Number(button.dataset.move));
    this.keep(row);
  }

  // The others go round it: what has the focus, or is held by a finger, never leaves the page.
  move(row, to) {
    for (let at = this.rows().indexOf(row); at > to; at -= 1) row.after(row.previousElementSibling);
    for (let at = this.rows().indexOf(row); at < to; at += 1) row.before(row.nextElementSibling);
  }

  // The order shown is the answer.
  keep(moved) {
    this.rows().forEach((row, place) => { this.field(row).value = place + 1; });
    this.show(moved);
    this.field(this.given[0]).dispatchEvent(new Event('change', { bubbles: true }));
  }

  press(event) {
    const row = event.target.closest('li');
    const held = event.pointerType === 'touch' ? event.target.closest('.order-grip') : !event.target.closest('button');
    if (!row || !held || event.button || !event.isPrimary || this.off()) return;
    event.preventDefault();
    const before = this.rows();
    carry(event, {
      lift: () => {
        row.classList.add('is-lifted');
        const ghost = document.createElement('span');
        ghost.className = 'drag-item';
        ghost.textContent = row.dataset.itemName;
        return ghost;
      },
      over: ({ y }) => this.move(row, this.rows().filter((other) => other !== row && middle(other) < y).length),
      drop: (at) => {
        row.classList.remove('is-lifted');
        if (!at || this.off()) this.show();
        else if (before.indexOf(row) !== this.rows().indexOf(row)) this.keep(row);
      },
    });
  }
}

const middle = (row) => { const { top, height } = row.getBoundingClientRect(); return top + height / 2; };

// A check question of a lesson comes anew with each answer.
function begin(scope) {
  for (const root of scope.querySelectorAll('[data-order=""]')) {
    root.dataset.order = 'ready';
    new Order(root);
  }
}

document.addEventListener('htmx:load', (event) => begin(event.target));
begin(document);
