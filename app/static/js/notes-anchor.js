// Places in a lesson's text: what a reader selected, described so that it is found again, and found again. Compared
// without spaces and without what the server’s plain text leaves out (citations, notes, questions, captions). A formula
// is one thing: its TeX stands for it, and it is taken up whole.

const SKIP = 'h2, .cite, .cite-unreviewed, .footnote-ref, .callout-title, figcaption, .recording, .check, .section-tools';
const AROUND = 32;

const wordsOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.data : `$${node.querySelector('math')?.getAttribute('alttext') ?? ''}$`);

function placesOf(section) {
  const { SHOW_TEXT, SHOW_ELEMENT, FILTER_ACCEPT, FILTER_SKIP, FILTER_REJECT } = NodeFilter;
  const walker = document.createTreeWalker(section, SHOW_TEXT | SHOW_ELEMENT, {
    acceptNode: (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.parentElement.closest(`${SKIP}, .formula`) ? FILTER_REJECT : FILTER_ACCEPT;
      if (!node.matches('.formula')) return FILTER_SKIP;
      return node.closest(SKIP) ? FILTER_REJECT : FILTER_ACCEPT;
    },
  });
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

// Every character that is no space, with where it stands.
function characters(section) {
  const found = [];
  for (const node of placesOf(section)) {
    const words = wordsOf(node);
    for (let i = 0; i < words.length; i += 1) {
      if (!/\s/.test(words[i])) found.push({ node, offset: i, char: words[i] });
    }
  }
  return found;
}

const squeeze = (text) => text.replace(/\s+/g, '');

// {quote, prefix, suffix} of a selected range; null when nothing of the running text is in it.
export function describe(section, range) {
  const all = characters(section);
  const inside = ({ node, offset }) => (node.nodeType === Node.TEXT_NODE
    ? range.comparePoint(node, offset) >= 0 && range.comparePoint(node, offset + 1) <= 0
    : range.intersectsNode(node));
  const first = all.findIndex(inside);
  if (first < 0) return null;
  let last = first;
  while (last + 1 < all.length && inside(all[last + 1])) last += 1;
  let quote = '';
  for (let i = first; i <= last; i += 1) {
    const before = all[i - 1];
    const apart = i > first && (before.node === all[i].node ? all[i].offset > before.offset + 1 : /^\s|\s$/.test(
      wordsOf(before.node).slice(before.offset + 1) + wordsOf(all[i].node).slice(0, all[i].offset)));
    quote += (apart ? ' ' : '') + all[i].char;
  }
  const join = (list) => list.map(({ char }) => char).join('');
  return {
    quote,
    prefix: join(all.slice(Math.max(0, first - AROUND), first)),
    suffix: join(all.slice(last + 1, last + 1 + AROUND)),
  };
}

// Where the words stand now, as [first, last] of characters(); of several places the one with the same words around.
function locate(all, { quote, prefix, suffix }) {
  const text = all.map(({ char }) => char).join('');
  const wanted = squeeze(quote);
  const before = squeeze(prefix ?? '').slice(-8);
  const after = squeeze(suffix ?? '').slice(0, 8);
  let best = -1;
  let score = -1;
  for (let at = text.indexOf(wanted); wanted && at >= 0; at = text.indexOf(wanted, at + 1)) {
    const fits = Number(text.slice(0, at).endsWith(before)) + Number(text.slice(at + wanted.length).startsWith(after));
    if (fits > score) [best, score] = [at, fits];
  }
  return best < 0 ? null : [best, best + wanted.length - 1];
}

// Mark the words of a note; false when they are not in the section any more.
export function mark(section, note, id) {
  const all = characters(section);
  const found = locate(all, note);
  if (!found) return false;
  const runs = [];
  for (const { node, offset } of all.slice(found[0], found[1] + 1)) {
    const run = runs.at(-1);
    if (run?.node === node) run.end = offset + 1;
    else runs.push({ node, start: offset, end: offset + 1 });
  }
  for (const { node, start, end } of runs) {
    const range = document.createRange();
    if (node.nodeType === Node.TEXT_NODE) {
      range.setStart(node, start);
      range.setEnd(node, end);
    } else range.selectNode(node);
    const element = document.createElement('mark');
    element.className = 'own-mark';
    element.dataset.mark = id;
    range.surroundContents(element);
  }
  return true;
}

export function unmark(id) {
  for (const element of document.querySelectorAll(`[data-mark="${CSS.escape(id)}"]`)) {
    const parent = element.parentNode;
    element.replaceWith(...element.childNodes);
    parent.normalize();
  }
}
