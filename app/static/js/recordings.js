// Recordings of a lesson: the speed, kept in this browser for the next one, and one at a time. The players are the browser's
// own and work without this file; nobody has to watch anything to its end.

const KEY = 'recordings:speed';
let speed = '1';
try { speed = localStorage.getItem(KEY) ?? '1'; } catch { /* for this page only */ }

function setSpeed(value) {
  for (const box of document.querySelectorAll('[data-recording]')) {
    const player = box.querySelector('video, audio');
    player.defaultPlaybackRate = player.playbackRate = Number(value);
    box.querySelector('[data-speed]').value = value;
  }
}

for (const box of document.querySelectorAll('[data-recording]')) {
  const player = box.querySelector('video, audio');
  const select = box.querySelector('[data-speed]');
  select.addEventListener('change', () => {
    setSpeed(select.value);
    try { localStorage.setItem(KEY, select.value); } catch { /* for this page only */ }
  });
  // a browser's own menu may change it, too
  player.addEventListener('ratechange', () => { if ([...select.options].some((one) => Number(one.value) === player.playbackRate)) select.value = String(player.playbackRate); });
  player.addEventListener('play', () => {
    for (const other of document.querySelectorAll('video, audio')) if (other !== player) other.pause();
  });
}
if (document.querySelector(`[data-speed] option[value="${CSS.escape(speed)}"]`)) setSpeed(speed);
