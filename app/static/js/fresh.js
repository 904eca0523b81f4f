// A page on which work goes on in the background: asks for itself again every few seconds and takes over the parts
// that changed, as long as the server says that work goes on. Without scripts the page reloads itself (noscript).
const EVERY = 4000;
const state = document.querySelector('[data-working]');
const parts = (root) => new Map([...root.querySelectorAll('[data-fresh]')].map((part) => [part.id, part]));
const same = (one, other) => (one.dataset.fresh ? one.dataset.fresh === other.dataset.fresh : one.outerHTML === other.outerHTML);

const say = (name) => {
  if (state.textContent !== state.dataset[name]) state.textContent = state.dataset[name];
};

// True while somebody types or has her focus in the part: nothing is taken from under her hands.
const busy = (part) => part.contains(document.activeElement);

const takeOver = (page) => {
  const fresh = parts(page);
  for (const [id, part] of parts(document)) {
    const found = fresh.get(id);
    if (found && !same(part, found) && !busy(part)) part.replaceWith(document.adoptNode(found));
  }
  const working = page.querySelector('[data-working]')?.dataset.working === 'yes';
  state.dataset.working = working ? 'yes' : 'no';
  say(working ? 'goesOn' : 'done');
};

const look = async () => {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (answer.redirected) return location.reload(); // signed out meanwhile
      if (!answer.ok) throw new Error(String(answer.status));
      takeOver(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      say('lost');
    }
  }
  if (state.dataset.working === 'yes') setTimeout(look, EVERY);
};

if (state?.dataset.working === 'yes') {
  say('goesOn');
  setTimeout(look, EVERY);
}
