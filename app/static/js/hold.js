// The page of a candidate who waits to be let in, or whose examination stands still: asks every ten seconds whether it
// goes on, and then loads the paper.
import { Pulse } from './exam-pulse.js';

const hold = document.querySelector('[data-hold]');
const state = document.getElementById('hold-state');
const say = (name, kind) => {
  state.className = `save-state is-${kind}`;
  if (state.textContent !== state.dataset[name]) state.textContent = state.dataset[name];
};

document.getElementById('hold-plain').remove();
say('ask', 'neutral');
new Pulse({ url: hold.dataset.pulse, every: 10 })
  .on('lost', (status) => (status === 400 ? location.reload() : status === 401 ? say('signedOut', 'danger') : say('offline', 'attention')))
  .on('heard', (found) => {
    say('ask', 'neutral');
    if (found.state !== hold.dataset.hold || String(found.decisions) !== hold.dataset.decisions) location.reload();
  })
  .start();
