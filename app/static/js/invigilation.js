// The live page of invigilators: asks every few seconds for the seats (304 when nothing is new), filters, sorts and counts
// down in the browser. The rows are those of the template; a row keeps its place while the keyboard is inside the table.

const live = document.getElementById('live');
const words = JSON.parse(document.getElementById('live-words').textContent);
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
const body = document.querySelector('#live-seats tbody');
const absentBody = document.querySelector('#live-absent tbody');
const filter = document.getElementById('seat-filter');
const chips = [...live.querySelectorAll('.chips a')];
const FIELDS = ['id', 'name', 'student', 'organisation', 'number', 'state', 'started', 'deadline', 'ended', 'saved', 'seen', 'paused', 'answered', 'questions', 'flags', 'attention', 'group', 'candidate'];
const ABSENT_FIELDS = ['id', 'name', 'student', 'organisation', 'group', 'bar', 'next', 'notes', 'rank', 'expected'];
const OPEN = ['waiting', 'in_progress', 'paused'];
const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

const board = { seats: [], absent: [], etag: '', offset: 0, asOf: null, show: live.dataset.show, told: '', lost: '', rows: Number(live.dataset.rows) };
const selected = new Set([...body.querySelectorAll('input:checked')].map((box) => box.value));
const rows = new Map([...body.rows].map((row) => [row.dataset.seat, row]));
const absentRows = new Map([...absentBody.rows].map((row) => [row.dataset.absent, row]));
const now = () => (performance.timeOrigin + performance.now() + board.offset) / 1000;

// --- words for time ----------------------------------------------------------------------------------------------------
const length = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = String(Math.floor(whole / 60) % 60);
  const rest = `${String(whole % 60).padStart(2, '0')}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${minutes.padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
};
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString('en-GB', { timeZone: live.dataset.zone });
// Without a connection nothing is known of saves since: their age stands still, the time left does not.
const ago = (seconds) => (seconds === null ? '—' : say('ago', { time: length((board.lost ? board.asOf : now()) - seconds) }));
const timeLeft = (seat) => {
  if (seat.state === 'waiting') return say('waits', { time: length(now() - seat.started) });
  if (seat.state === 'paused') return say('stands', { time: length(seat.deadline - seat.paused) });
  if (seat.state === 'in_progress') return seat.deadline > now() ? length(seat.deadline - Math.max(now(), seat.started)) : say('over');
  return say('ended', { time: clock(seat.ended) });
};

const dayOf = (seconds) => {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: live.dataset.zone, year: 'numeric', month: language === 'zh' ? 'numeric' : 'short', day: 'numeric' })
    .formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  return language === 'zh' ? `${parts.year}年${parts.month}月${parts.day}日` : `${parts.day} ${parts.month} ${parts.year}`;
};
// As words.when: with the day, unless it is today.
const when = (seconds) => (seconds === null ? '' : `${dayOf(seconds) === dayOf(now()) ? '' : `${dayOf(seconds)} `}${clock(seconds).slice(0, 5)}`);

// --- which people, in which order (as in seating.py) ----------------------------------------------------------------------
const SHOWN = {
  all: () => true,
  attention: (seat) => seat.attention >= 2,
  waiting: (seat) => seat.state === 'waiting',
  running: (seat) => seat.state === 'in_progress',
  paused: (seat) => seat.state === 'paused',
  ended: (seat) => !OPEN.includes(seat.state),
};
const ABSENT = {
  absent: (person) => person.expected,
  locked: (person) => !person.expected,
};
const ENDED = { expired: 1, submitted: 2, voided: 3 };
const isEnded = (seat) => ENDED[seat.state] ?? 0;
const inGroup = ({ group }) => !filter.elements.group?.value || group === filter.elements.group.value;
const ORDER = {
  attention: (a, b) => b.attention - a.attention || ORDER.time(a, b),
  name: () => 0,
  time: (a, b) => isEnded(a) - isEnded(b) || a.deadline - b.deadline,
  saved: (a, b) => isEnded(a) - isEnded(b) || (a.saved ?? a.started) - (b.saved ?? b.started),
};

const foundBy = (person) => [person.name, person.student, person.group, ...Object.values(person.organisation ?? {})].join(' ').toLowerCase();
const isOfAbsent = () => board.show in ABSENT;

const of = (kind) => (kind in ABSENT ? board.absent.filter(ABSENT[kind]) : board.seats.filter(SHOWN[kind])).filter(inGroup);

function chosen() {
  const asked = filter.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const sort = filter.elements.sort.value;
  const order = isOfAbsent() ? (a, b) => (sort === 'name' ? 0 : a.rank - b.rank) : ORDER[sort];
  return of(board.show)
    .filter((person) => asked.every((word) => foundBy(person).includes(word)))
    .sort((a, b) => order(a, b) || collator.compare(a.name, b.name) || collator.compare(a.student, b.student));
}

// --- rows ------------------------------------------------------------------------------------------------------------------
const write = (row, slot, text) => {
  const place = row.querySelector(`[data-slot="${slot}"]`);
  if (place && place.textContent !== text) place.textContent = text;
};
const mark = (kind, name, count, time = '') => {
  const found = document.querySelector(`template[data-${kind}-mark="${name}"]`).content.firstElementChild.cloneNode(true);
  const word = found.lastElementChild;
  word.textContent = word.textContent.replace('{count}', count).replace('{time}', time);
  return found;
};
const blank = (name, id) => {
  const row = document.getElementById(`${name}-row`).content.firstElementChild.cloneNode(true);
  row.dataset[name] = id;
  return row;
};

function rowOf(seat) {
  if (!rows.has(seat.id)) {
    const row = blank('seat', seat.id);
    row.querySelector('input').value = seat.id;
    rows.set(seat.id, row);
  }
  return rows.get(seat.id);
}

// What leads away from the page and back to it names the cohort that it is narrowed to.
const groupQuery = () => (filter.elements.group?.value ? `?${new URLSearchParams({ group: filter.elements.group.value })}` : '');

function fill(row, seat) {
  row.querySelector('[data-slot="name"]').href = live.dataset.attempt.replace(/[0-]{36}/, seat.id) + groupQuery();
  write(row, 'name', seat.name);
  write(row, 'who', seat.name);
  write(row, 'student', seat.student);
  write(row, 'organisation', seat.organisation?.[language] ?? '');
  write(row, 'answered', `${seat.answered} / ${seat.questions}`);
  const marks = JSON.stringify([seat.state, seat.flags]);
  if (row.dataset.marks !== marks) {
    row.dataset.marks = marks;
    row.querySelector('[data-slot="state"]').replaceChildren(mark('state', seat.state, ''));
    row.querySelector('[data-slot="flags"]').replaceChildren(...seat.flags.map(([name, count]) => mark('flag', name, count)));
  }
  row.querySelector('input').checked = selected.has(seat.id);
}

function count(row, seat) {
  write(row, 'left', timeLeft(seat));
  write(row, 'saved', ago(seat.saved));
  write(row, 'seen', isEnded(seat) ? '—' : ago(seat.seen));
}

function seatRow(seat) {
  const row = rowOf(seat);
  fill(row, seat);
  count(row, seat);
  return row;
}

function absentRow(person) {
  const row = absentRows.get(person.id) ?? blank('absent', person.id);
  absentRows.set(person.id, row);
  for (const [slot, text] of [['name', person.name], ['who', person.name], ['student', person.student], ['group', person.group || '—'], ['organisation', person.organisation?.[language] ?? '']]) write(row, slot, text);
  const grant = row.querySelector('[data-slot="grant"]');
  if (grant) grant.href = grant.href.replace(/person=[^&]*/, `person=${person.id}`);
  const marks = JSON.stringify([person.bar, person.next, person.notes]);
  if (row.dataset.marks !== marks) {
    row.dataset.marks = marks;
    row.querySelector('[data-slot="state"]').replaceChildren(mark('bar', person.bar, '', when(person.next)));
    row.querySelector('[data-slot="flags"]').replaceChildren(...person.notes.map(([name, value]) => mark('note', name, value, when(value))));
  }
  return row;
}

function show() {
  if (!board.asOf) return;
  const found = chosen();
  const shown = found.slice(0, board.rows);
  for (const [id, wanted] of [['live-seats', !isOfAbsent()], ['select-seats', !isOfAbsent()], ['live-absent', isOfAbsent()]]) document.getElementById(id).hidden = !wanted;
  if (isOfAbsent()) place(absentBody, shown.map(absentRow)); else place(body, shown.map(seatRow));
  for (const chip of chips) chip.querySelector('[data-count]').textContent = of(chip.dataset.show).length;
  tell();
  document.getElementById('live-found').textContent = say('found', { count: found.length });
  document.getElementById('live-none').hidden = found.length > 0;
  const more = document.getElementById('live-more');
  more.hidden = found.length <= shown.length;
  more.firstChild.data = `${say('first', { rows: shown.length })} `;
}

// How many, at one glance (as in seating.py): heads are counted once.
function tell() {
  const seats = of('all');
  const [started, absent] = [new Set(seats.map((seat) => seat.candidate)).size, of('absent').length];
  const found = { expected: started + absent, started, absent };
  for (const each of live.querySelectorAll('[data-tally]')) {
    each.textContent = found[each.dataset.tally] ?? seats.filter((seat) => seat.state === each.dataset.tally).length;
  }
}

// The rows in their order; nothing moves away under the keyboard.
function place(body, wanted) {
  const kept = new Set(wanted);
  const working = body.contains(document.activeElement);
  for (const row of [...body.rows]) if (!kept.has(row) && !(working && row.contains(document.activeElement))) row.remove();
  if (working) body.append(...wanted.filter((row) => !row.isConnected));
  else if (wanted.some((row, at) => body.rows[at] !== row)) body.replaceChildren(...wanted);
}

function announce() {
  const waiting = board.seats.filter((seat) => seat.state === 'waiting').length;
  const silent = board.seats.filter((seat) => seat.flags.some(([name]) => name === 'silent')).length;
  const text = waiting || silent ? say('needs', { waiting, silent }) : '';
  if (text !== board.told) document.getElementById('live-word').textContent = board.told = text;
}

// --- asking -----------------------------------------------------------------------------------------------------------------
let timer = 0;
async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(live.dataset.seats, {
      headers: { Accept: 'application/json', ...(board.etag && { 'If-None-Match': board.etag }) },
      cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout?.(15000),
    });
    if (answer.type === 'opaqueredirect' || answer.status === 401) { lose('signed_out'); return; }
    if (answer.status === 403 || answer.status === 404) { lose('refused'); return; }
    if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
    if (answer.status === 200) {
      board.etag = answer.headers.get('ETag') ?? '';
      const { seats, absent } = await answer.json();
      const named = (fields) => (values) => Object.fromEntries(fields.map((name, at) => [name, values[at]]));
      board.seats = seats.map(named(FIELDS));
      board.absent = absent.map(named(ABSENT_FIELDS));
    }
    board.asOf = Number(answer.headers.get('X-Server-Time')) / 1000;
    board.offset = board.asOf * 1000 - performance.timeOrigin - performance.now();
    live.querySelector('[data-as-of]').textContent = say('asOf', { time: clock(board.asOf) });
    lose('');
    show();
    announce();
  } catch { lose(board.lost === 'unsent' ? 'unsent' : 'connection'); } finally {
    const patience = ['signed_out', 'refused'].includes(board.lost) ? 6 : 1;
    if (!document.hidden) timer = setTimeout(ask, Number(live.dataset.poll) * 1000 * patience);
  }
}

// Say why there is no news, once and where everybody sees it; nothing when there is.
function lose(why) {
  board.lost = why;
  for (const each of document.querySelectorAll('[data-lost]')) {
    const words = each.querySelector('.callout-body p:last-child').firstChild;
    each.dataset.words ??= words.data;
    const text = each.dataset.words.replace('{time}', board.asOf ? clock(board.asOf) : live.dataset.opened);
    if (words.data !== text) words.data = text;
    each.hidden = each.dataset.lost !== why;
  }
}

live.classList.add('is-live');
filter.addEventListener('submit', (event) => event.preventDefault());
filter.addEventListener('input', () => { keep(); show(); });
for (const chip of chips) {
  chip.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !board.asOf) return;
    event.preventDefault();
    board.show = chip.dataset.show;
    for (const other of chips) other.removeAttribute('aria-current');
    chip.setAttribute('aria-current', 'true');
    keep();
    show();
  });
}
// The address says what is shown: it can be sent to a colleague, and a decision comes back to it.
function keep() {
  const query = new URLSearchParams();
  if (board.show !== 'all') query.set('show', board.show);
  if (filter.elements.group?.value) query.set('group', filter.elements.group.value);
  if (filter.elements.q.value) query.set('q', filter.elements.q.value);
  if (filter.elements.sort.value !== 'attention') query.set('sort', filter.elements.sort.value);
  history.replaceState(null, '', `${location.pathname}${query.size ? `?${query}` : ''}`);
  document.querySelector('#to-register a').search = groupQuery();
  const decide = document.getElementById('decide');
  decide.action = `${new URL(decide.action).pathname}${location.search}`;
}
const tellSelected = () => {
  document.getElementById('selected-count').textContent = selected.size ? say('selected', { count: selected.size }) : '';
  document.getElementById('select-none').hidden = !selected.size;
};
document.getElementById('select-found').addEventListener('click', () => {
  for (const seat of chosen()) selected.add(seat.id);
  show();
  tellSelected();
});
document.getElementById('select-none').addEventListener('click', () => {
  selected.clear();
  show();
  tellSelected();
  document.getElementById('select-found').focus();
});
document.getElementById('show-more').addEventListener('click', () => {
  board.rows += Number(live.dataset.rows);
  show();
});
body.addEventListener('change', ({ target }) => {
  if (target.name !== 'attempt') return;
  selected[target.checked ? 'add' : 'delete'](target.value);
  tellSelected();
});
tellSelected();
document.getElementById('decide').addEventListener('submit', (event) => {
  const { target } = event;
  if (['connection', 'unsent'].includes(board.lost) || !navigator.onLine) {
    event.preventDefault(); // the browser would leave this page for one that says nothing
    lose('unsent');
    ask();
    document.getElementById('live-lost').scrollIntoView({ block: 'center' });
    return;
  }
  // Selected, but out of sight behind a filter: they count too.
  for (const id of selected) {
    if (rows.get(id)?.isConnected) continue;
    target.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'attempt', value: id }));
  }
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
addEventListener('online', ask);
addEventListener('offline', () => lose('connection'));
setInterval(() => {
  for (const seat of board.seats) { const row = rows.get(seat.id); if (row?.isConnected) count(row, seat); }
}, 1000);
ask();
