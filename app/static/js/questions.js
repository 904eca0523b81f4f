// What moves in questions, wherever they are shown outside a paper: items to drag, items to put in order.
const PARTS = { '[data-board]': './exam-drag.js', '[data-order]': './exam-order.js' };

function begin(scope) {
  for (const [selector, file] of Object.entries(PARTS)) if (scope.querySelector(selector)) import(file);
}

// For scripts that put questions into the page by themselves; htmx says so, too.
export const drawn = (scope) => scope.dispatchEvent(new Event('htmx:load', { bubbles: true }));

document.addEventListener('htmx:load', (event) => begin(event.target));
begin(document);
