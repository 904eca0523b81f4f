// What the pages of a sitting share while its time runs: their words, the clock, and the notice that stays in sight.

const words = JSON.parse(document.getElementById('exam-words')?.textContent ?? '{}');
export const say = (name, values = {}) => (words[name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key]);

// --- the clock: the server's time, carried on by a clock that no one can set ------------------------------------------
export const clock = document.getElementById('clock');
// What a page does when the device has slept, when so many minutes are left, and when the time is over.
const on = { slept() {}, near() {}, over() {} };
export const timing = { offset: 0, deadline: 0, apart: 0, told: new Set(), paused: false };
export const now = () => timing.offset + performance.now();
export const setClock = (server, deadline, at) => {
  timing.offset = Date.parse(server) - at;
  timing.deadline = Date.parse(deadline);
  timing.apart = apart();
};
// How far the two clocks of the device are apart: it changes when it sleeps, for then only one of them goes on.
const apart = () => Date.now() - performance.now();

export function tick() {
  clearTimeout(timing.timer);
  if (timing.paused) return;
  if (Math.abs(apart() - timing.apart) > 2000) { timing.apart = apart(); on.slept(); }
  const left = Math.max(0, Math.floor((timing.deadline - now()) / 1000));
  const shown = clock.querySelector('[data-left]');
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  if (shown.textContent !== text) shown.textContent = text;
  clock.classList.toggle('is-attention', left <= 300);
  for (const minutes of [5, 1]) {
    if (left <= minutes * 60 && left > minutes * 60 - 5 && !timing.told.has(minutes)) {
      timing.told.add(minutes);
      on.near(minutes);
    }
  }
  if (left > 0) timing.timer = setTimeout(tick, 1000 - ((timing.deadline - now()) % 1000 + 1000) % 1000 / 2 || 500);
  else on.over();
}

export function startClock(what) {
  Object.assign(on, what);
  // The server wrote its time when it began to answer; on a slow line this script comes seconds later.
  setClock(clock.dataset.now, clock.dataset.deadline, performance.getEntriesByType('navigation')[0]?.responseStart ?? performance.now());
  tick();
}

// --- the notice --------------------------------------------------------------------------------------------------------
export const noticed = { is: '', stays: false }; // stays: nobody closes what it says
export function notice(text, linkText = '', href = '', elsewhere = false) {
  const box = document.getElementById('exam-notice');
  const is = text && elsewhere ? 'signed-out' : text;
  if (is === noticed.is) return;
  noticed.is = is;
  box.replaceChildren();
  box.hidden = !text;
  if (!text) return;
  const line = document.createElement('p');
  line.append(text);
  if (href) {
    const link = document.createElement('a');
    Object.assign(link, { href, textContent: linkText });
    if (elsewhere) Object.assign(link, { target: '_blank', rel: 'noopener' });
    line.append(' ', link);
  }
  box.append(line);
  if (href || noticed.stays) return; // until it is done
  const close = document.createElement('button');
  Object.assign(close, { type: 'button', className: 'btn btn-quiet btn-sm', textContent: say('close') });
  close.addEventListener('click', () => notice(''));
  box.append(close);
}

new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty('--head', `${target.offsetHeight}px`))
  .observe(document.querySelector('.focus-header'));
