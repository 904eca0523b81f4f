// The page before a step is left for good, and the one before the paper is submitted. Asked first whether the server
// answers, and for whom: what is pressed once has to arrive, or say that it did not.

import { clock, notice, noticed, startClock } from './exam-page.js';
import { heard } from './exam-pulse.js';
import { countWaiting } from './exam-queue.js';

const form = document.querySelector('form[data-asks-first]');
let leaving = false;

noticed.stays = true;
startClock({ over: () => location.replace(clock.dataset.over) });

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (leaving) return;
  const { dataset: unsent } = document.getElementById('exam-unsent');
  const waiting = countWaiting(unsent.person, unsent.attempt);
  if (waiting) { // given in another tab: pressed now, it would come too late
    document.dispatchEvent(new Event('academy:send'));
    return notice(unsent.waiting.replace('{count}', waiting));
  }
  leaving = true;
  const { status, body } = await fetch(form.dataset.asksFirst, {
    headers: { Accept: 'application/json' }, redirect: 'manual', signal: AbortSignal.timeout?.(20000),
  }).then((answer) => heard(answer, 'items')).catch(() => ({ status: 0 }));
  if (status === 200) {
    form.elements.csrf_token.value = body.csrf_token;
    return form.submit();
  }
  leaving = false;
  const [text, ...link] = [401, 403, 404].includes(status)
    ? [form.dataset.signedOut, form.dataset.signInWord, form.dataset.signIn, true] : [form.dataset.unreachable];
  notice(text, ...link);
});

addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); }); // it says what was then
