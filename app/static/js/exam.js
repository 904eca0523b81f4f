// The paper: shows one question at a time, saves every change, tells honestly where it is. Without this file the paper is
// one form that is posted as a whole.

import { asSent, isText, readAnswer, refuse, same, standing, writeAnswer } from './exam-fields.js';
import { clock, notice, noticed, now, say, setClock, startClock, tick, timing } from './exam-page.js';
import { Pulse } from './exam-pulse.js';
import { Queue } from './exam-queue.js';

const form = document.getElementById('paper');
const announce = (text) => document.dispatchEvent(new CustomEvent('academy:announce', { detail: { text } }));

// --- the paper -------------------------------------------------------------------------------------------------------
const sections = [...form.querySelectorAll('[data-item]')];
const byItem = new Map(sections.map((section) => [section.dataset.item, section]));
const given = new Map(sections.map((section) => [section.dataset.item, readAnswer(section, asSent)]));
const drafts = new Map();
const acknowledged = new Map(); // of each answer and flag the ordinal of its last receipt
const known = { head: 0, decisions: Number(form.dataset.decisions) }; // the latest that the server said
let saved = null;
let ended = false;
let leaving = false;

const queue = new Queue({
  person: form.dataset.person,
  attempt: form.dataset.attempt,
  answersUrl: form.dataset.answers,
  stateUrl: form.dataset.state,
  token: form.elements.csrf_token.value,
  seen: Number(form.elements.seen.value),
});

// A forward-only paper shows one step: changes and news of other steps have no question on this page.
const here = (item) => byItem.has(item);

function commit(item) {
  clearTimeout(drafts.get(item));
  drafts.delete(item);
  const answer = readAnswer(byItem.get(item));
  if (same(answer, given.get(item))) return show();
  given.set(item, answer);
  complain(item);
  queue.add(item, 'answer', answer);
}

function changed(event) {
  const section = event.target.closest('[data-item]');
  if (!section || ended) return;
  const item = section.dataset.item;
  if (event.target.matches('[data-flag]')) {
    if (event.type === 'change') queue.add(item, 'flag', { flagged: event.target.checked });
  } else if (event.type === 'input' && isText(event.target)) {
    clearTimeout(drafts.get(item));
    drafts.set(item, setTimeout(() => commit(item), 700));
    show();
  } else if (event.type === 'change') commit(item);
}

const commitAll = () => [...drafts.keys()].forEach(commit);

// --- what is shown ---------------------------------------------------------------------------------------------------
function show() {
  const waiting = queue.waiting();
  const refused = new Set(sections.filter((section) => standing(section).size).map((section) => section.dataset.item));
  const unsaved = new Set([...waiting.map((change) => change.item), ...drafts.keys(), ...refused]);
  let done = Number(form.dataset.elsewhereAnswered);
  for (const section of sections) {
    const item = section.dataset.item;
    const link = document.querySelector(`[data-nav="${item}"]`);
    const answered = Object.keys(readAnswer(section)).length > 0;
    const flagged = section.querySelector('[data-flag]').checked;
    if (answered && !refused.has(item)) done += 1;
    link.classList.toggle('is-answered', answered);
    link.classList.toggle('is-unsaved', unsaved.has(item));
    link.querySelector('[data-mark]').hidden = !flagged;
    link.querySelector('[data-state-word]').textContent = [
      say(answered ? 'answered' : 'open'), flagged && say('flagged'), unsaved.has(item) && say('notSaved'),
    ].filter(Boolean).join(', ');
  }
  document.getElementById('answered-count').textContent = say('answeredOf', { answered: done });
  const state = document.getElementById('save-state');
  const count = waiting.length;
  const over = !timing.paused && now() >= timing.deadline;
  if (!count && queue.connection === 'ok' && [say('wait'), say('unreachable')].includes(noticed.is)) notice('');
  if (!queue.store.lasting && !storageTold) { storageTold = true; notice(say('noStorage')); }
  const [kind, text] = drafts.size && (queue.connection === 'ok' || !count) ? ['neutral', say('unsaved')]
    : queue.connection === 'signed-out' ? ['danger', say('signedOutBriefly', { count })]
      : !count && refused.size ? ['danger', say('notTaken', { number: byItem.get([...refused][0]).dataset.number })]
        : queue.connection === 'offline' || (count && !navigator.onLine) ? ['attention', say(count ? 'offline' : over ? 'offlineOver' : 'offlineSaved', { count })]
          : queue.connection === 'busy' ? ['attention', say(count ? 'busy' : over ? 'busyOver' : 'busySaved', { count })]
            : count ? ['neutral', say('saving')]
              : saved ? ['ok', say('saved', { time: saved.toLocaleTimeString('en-GB', { timeZone: form.dataset.zone }) })] : ['neutral', ''];
  state.hidden = !text;
  state.className = `save-state is-${kind}`;
  if (state.textContent !== text) state.textContent = text;
  if (queue.connection === 'signed-out') notice(say('signedOut'), say('signIn'), form.dataset.signIn, true);
  else if (noticed.is === 'signed-out') notice('');
}

let storageTold = false;
let closing = false; // the time is over, and what is left is being sent

// Beside the fields: what could not be taken, of the answer or of its parts.
function complain(item) {
  const section = byItem.get(item);
  const refused = standing(section);
  for (const problem of section.querySelectorAll('[data-error]')) {
    const text = refused.get(problem.dataset.error.replace(/\/$/, ''))?.message ?? '';
    const words = problem.querySelector('span');
    problem.hidden = !text;
    problem.setAttribute('role', 'alert');
    if (words.textContent !== text) words.textContent = text;
  }
  for (const field of [...section.querySelectorAll('fieldset [data-path]')].filter(isText)) {
    if ([...refused.keys()].some((path) => !path || field.dataset.path.startsWith(`${path}/`))) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
}

// The server refused a change. What the other parts of the answer say goes to it all the same.
function takeRefusal({ change: { item, kind, client_id: refused }, message, parts, sender }) {
  const later = drafts.has(item)
    || queue.waiting().some((other) => other.item === item && other.kind === 'answer' && other.client_id !== refused);
  if (!here(item) || kind !== 'answer' || later) return;
  const told = message || say('refused');
  refuse(byItem.get(item), parts ?? { '': told });
  if (parts && sender) { given.delete(item); commit(item); }
  complain(item);
}

function put(item, answer) {
  if (!here(item)) return;
  const section = byItem.get(item);
  given.set(item, answer);
  if (same(readAnswer(section), answer)) return;
  writeAnswer(section, answer);
  complain(item);
}

function takeState(state) {
  if (state.head < known.head || state.decisions < known.decisions) return; // overtaken on its way by a later one
  const open = ['in_progress', 'paused'].includes(state.state);
  if (ended && open) return location.reload(); // an invigilator has opened it again
  known.head = state.head;
  setClock(state.now, state.deadline_at, state.at);
  for (const place of document.querySelectorAll('[data-deadline-text]')) place.textContent = state.deadline_text;
  for (const place of document.querySelectorAll('[data-pause]')) place.hidden = !state.pauses_left;
  document.querySelector('[data-pauses-left]').textContent = state.pauses_left;
  if (state.decisions > known.decisions) tell(state.told);
  known.decisions = state.decisions;
  standStill(state.state === 'paused');
  queue.seen = Math.max(queue.seen, state.head);
  const waiting = new Set(queue.waiting().map((change) => `${change.kind}:${change.item}`));
  // What was changed here since the server looked stands as it is.
  const newer = (name) => waiting.has(name) || (acknowledged.get(name) ?? 0) > state.head;
  for (const entry of state.items.filter(({ id }) => here(id))) {
    // What was refused stays until it is mended.
    if (!newer(`answer:${entry.id}`) && !drafts.has(entry.id) && !standing(byItem.get(entry.id)).has('')) put(entry.id, entry.response);
    if (!newer(`flag:${entry.id}`)) byItem.get(entry.id).querySelector('[data-flag]').checked = entry.flagged;
  }
  if (!open) { commitAll(); end(); } else tick();
  if (!ended && state.closed_through >= Number(form.elements.last.value)) notice(say('left'));
  show();
}

// An answer of this device came after one of another, which it had not seen: that one counts, and she chooses.
function overtaken({ item, response }) {
  const section = byItem.get(item);
  section.querySelector('[data-overtaken]')?.remove();
  const choice = document.getElementById('overtaken').content.firstElementChild.cloneNode(true);
  choice.dataset.overtaken = '';
  choice.querySelector('[data-theirs]').addEventListener('click', () => choice.remove());
  choice.querySelector('[data-mine]').addEventListener('click', async () => {
    if (ended || closing || !await queue.refresh()) return; // what counts now has been seen, so that the next answer follows it
    writeAnswer(section, response);
    commit(item);
    choice.remove();
    section.querySelector('h2').focus();
  });
  choice.setAttribute('role', 'alert');
  section.querySelector('fieldset').before(choice);
  if (section.hidden) notice(say('overtaken', { number: section.dataset.number }));
}

// --- what invigilators decide ------------------------------------------------------------------------------------------
function tell(told) {
  const box = document.getElementById('exam-decisions');
  const [latest, ...earlier] = told;
  box.hidden = !latest;
  if (!latest) return;
  announce(latest.text);
  box.querySelector('p').textContent = latest.text;
  const past = box.querySelector('details');
  past.hidden = !earlier.length;
  past.querySelector('ul').replaceChildren(...earlier.map((each) => {
    const entry = document.createElement('li');
    entry.textContent = `${each.text} (${each.when})`;
    return entry;
  }));
}

// While the time stands still the questions are out of sight; what was typed has been saved and stays in its fields.
function standStill(paused) {
  if (timing.paused === paused) return;
  if (paused) commitAll();
  timing.paused = paused;
  pulse.every = paused ? 10 : 20;
  document.getElementById('exam-paused').hidden = !paused;
  form.hidden = paused;
  document.querySelector('.question-nav').hidden = paused;
  if (paused) clock.querySelector('[data-left]').textContent = say('paused');
}

function end() {
  ended = true;
  timing.paused = true;
  clock.hidden = true;
  notice(say('ended'), say('showResult'), form.dataset.result);
  lock(true);
}

function lock(locked) {
  for (const field of form.querySelectorAll('fieldset, button[type=submit], [data-clear], [data-flag]')) field.disabled = locked;
}

// --- one question at a time --------------------------------------------------------------------------------------------
function turnTo(section, focus) {
  for (const other of sections) {
    other.hidden = other !== section;
    const link = document.querySelector(`[data-nav="${other.dataset.item}"]`);
    if (other === section) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  // What most will do next stands out: the next question; after the last one, what ends the page.
  const last = section === sections.at(-1);
  if (!last) section.querySelector('[data-step="1"]').className = 'btn btn-primary';
  form.querySelector('.exam-end button').className = last ? 'btn btn-primary' : 'btn btn-secondary';
  if (focus) section.querySelector('h2').focus();
}

const fromAddress = () => sections.find((section) => `#${section.id}` === location.hash);
function step(by) {
  const next = sections[sections.findIndex((section) => !section.hidden) + by];
  if (next) location.hash = next.id;
}

// --- leaving -----------------------------------------------------------------------------------------------------------
const drained = (milliseconds) => new Promise((done) => {
  const finish = (all) => { clearTimeout(timer); queue.removeEventListener('change', look); done(all); };
  const look = () => { if (!queue.size) finish(true); };
  const timer = setTimeout(() => finish(!queue.size), milliseconds);
  queue.addEventListener('change', look);
  look();
});

async function toReview(event) {
  if (leaving === 'now') return undefined;
  event.preventDefault();
  commitAll();
  if (event.submitter?.matches('[data-save-all]')) return queue.wake();
  if (leaving) return;
  leaving = true;
  queue.wake();
  // Asked first: without a connection the browser would put its own page of errors in the place of the paper.
  // In a task of its own: while this submission is still being announced, the browser drops another one without a word.
  if (await drained(8000) && await queue.refresh()) return setTimeout(() => leave(event.submitter));
  leaving = false;
  if (queue.connection !== 'signed-out') notice(say(queue.size ? 'wait' : 'unreachable'));
  tick(); // the time may have run out meanwhile
}

// To the page before submitting; on to the next step, or to a pause; or, with a file for a question, to where that is received.
function leave(button) {
  form.elements.csrf_token.value = queue.token;
  form.elements.seen.value = queue.seen; // all answers have arrived: the form changes nothing, or brings a file alone
  if (['next', 'pause'].includes(button?.value)) {
    leaving = 'now';
    return form.requestSubmit(button);
  }
  if (!button?.hasAttribute('formaction')) return location.assign(form.dataset.review);
  form.action = button.formAction;
  form.enctype = 'multipart/form-data';
  return form.submit();
}

async function timeOver() {
  if (closing || ended || leaving) return;
  closing = noticed.stays = true;
  commitAll();
  lock(true);
  notice(say('timeOver'));
  show(); // nobody is told any more to go on answering
  queue.wake();
  if (!await drained(4000)) notice(say('timeOverWaiting'));
  while (queue.size) await drained(60000); // offline: the answers are kept, and sent late, when it is back
  const asked = await queue.refresh(); // an invigilator may have moved the deadline a moment ago
  closing = noticed.stays = false;
  if (!asked) { notice(say('timeOverWaiting')); return setTimeout(tick, 5000); } // the server closes it by itself
  if (ended) return;
  if (timing.paused || timing.deadline - now() > 1000) { lock(false); return notice(''); }
  leaving = true;
  const last = document.getElementById('time-over');
  last.elements.csrf_token.value = queue.token;
  last.submit();
}

const pulse = new Pulse({ url: form.dataset.pulse, every: 20, token: () => queue.token })
  .on('heard', ({ state, decisions }) => {
    if (ended) return;
    if (decisions !== known.decisions || !['in_progress', 'paused'].includes(state)) queue.refresh();
  })
  .on('lost', (status) => { if (!ended && queue.connection === 'ok') queue.lost(status); });

if (document.querySelector('[data-board]')) import('./exam-drag.js');
if (document.querySelector('[data-order]')) import('./exam-order.js');
if (document.querySelector('[data-count]')) import('./exam-count.js');

startClock({
  slept: () => queue.refresh(),
  near: (minutes) => announce(minutes === 1 ? say('minuteLeft') : say('minutesLeft', { minutes })),
  over: timeOver,
});
form.classList.add('is-paged');
document.getElementById('exam-plain').remove();
form.querySelector('.exam-end [data-save-all]').hidden = true;
form.addEventListener('input', changed);
form.addEventListener('change', changed);
form.addEventListener('submit', toReview);
form.addEventListener('click', (event) => {
  const button = event.target.closest('[data-step], [data-clear]');
  if (button?.dataset.step) step(Number(button.dataset.step));
  else if (button) { const { item } = button.closest('[data-item]').dataset; writeAnswer(byItem.get(item), {}); commit(item); }
});
queue.addEventListener('change', show);
queue.addEventListener('state', (event) => takeState(event.detail));
queue.addEventListener('sync', () => queue.refresh());
queue.addEventListener('elsewhere', ({ detail }) => { if (detail.kind === 'answer') { put(detail.item, detail.response); show(); } });
queue.addEventListener('refused', ({ detail }) => takeRefusal(detail));
queue.addEventListener('receipt', ({ detail: { receipt, change } }) => {
  saved = new Date(receipt.received_at);
  acknowledged.set(`${change.kind}:${change.item}`, receipt.ordinal);
  if (receipt.status === 'late' && form.dataset.forward && now() < timing.deadline) notice(say('left'));
  else if (receipt.status === 'late') notice(say('late'), say('showResult'), form.dataset.result);
  if (receipt.status === 'superseded' && change.kind === 'answer' && here(change.item)) overtaken(change);
});
// Given before this script had come: not on its way yet, and newer than what waits.
const early = sections.filter((section) => !same(readAnswer(section), given.get(section.dataset.item)));
const marked = [...form.querySelectorAll('[data-flag]')].filter((flag) => flag.checked !== flag.defaultChecked);
for (const { kind, item, response } of queue.waiting()) { // given before this page was loaded, and not yet acknowledged
  if (!here(item)) continue;
  const flag = byItem.get(item).querySelector('[data-flag]');
  if (kind === 'answer' && !early.includes(byItem.get(item))) put(item, response);
  else if (kind !== 'answer' && !marked.includes(flag)) flag.checked = response.flagged;
}
for (const { dataset: { item } } of early) commit(item);
for (const flag of marked) queue.add(flag.closest('[data-item]').dataset.item, 'flag', { flagged: flag.checked });
addEventListener('hashchange', () => { const section = fromAddress(); if (section) turnTo(section, true); });
addEventListener('pagehide', commitAll);
addEventListener('pageshow', (event) => { if (event.persisted) { leaving = false; queue.refresh(); } });
addEventListener('offline', show);
addEventListener('beforeunload', (event) => { commitAll(); if (queue.size && !leaving) event.preventDefault(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) commitAll(); // a phone may stop the page from here on
  else if (queue.connection === 'ok') queue.refresh();
});
turnTo(fromAddress() ?? sections.find((section) => section.querySelector('[data-error]:not([hidden])')) ?? sections[0], false);
show();
queue.start();
pulse.start();
