// The fields of a question: read an answer from them, write one into them. Every control says in data-path where its
// value stands in the answer (steps parted by slashes) and in data-as what it is when it is not text.

const controls = (section) => [...section.querySelectorAll('fieldset [data-path]')];
const steps = (field) => field.dataset.path.split('/');
const valueOf = (field, value) => ({ number: Number, boolean: (text) => text === 'true' }[field.dataset.as] ?? ((text) => text))(value);

function put(answer, path, value) {
  let place = answer;
  for (const step of path.slice(0, -1)) place = place[step] ??= {};
  place[path.at(-1)] = value;
}

const found = (answer, path) => path.reduce((place, step) => place?.[step], answer);

export const isText = (field) => field.matches('input[type=text], textarea');

// What the server refused stands in the page until it is changed: section → path ('' for the whole answer) → message,
// and what the fields below that path held.
const refusals = new WeakMap();
const below = (section, path) => controls(section).filter((field) => !path || field.dataset.path.startsWith(`${path}/`));
const held = (section, path) => JSON.stringify(below(section, path).map((field) => [field.value, field.checked]));

export function refuse(section, messages) {
  const noted = Object.entries(messages).map(([path, message]) => [path, { message, held: held(section, path) }]);
  refusals.set(section, new Map([...standing(section), ...noted]));
}

// The refusals whose fields are still as they were.
export function standing(section) {
  return new Map([...refusals.get(section) ?? []].filter(([path, refusal]) => refusal.held === held(section, path)));
}

// How a field stands now, and how the server sent it.
const asShown = ({ checked, value }) => ({ checked, value });
export const asSent = (field) => ({
  checked: field.defaultChecked,
  value: field.matches('select') ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value
    : isText(field) ? field.defaultValue : field.value,
});

// Parts that are refused say nothing: the rest of the answer goes without them.
export function readAnswer(section, read = asShown) {
  const answer = {};
  const refused = new Set([...standing(section).keys()].filter(Boolean).flatMap((path) => below(section, path)));
  const [beside, alone] = [true, false].map((is) => controls(section).filter((field) => ('beside' in field.dataset) === is));
  for (const field of [...alone, ...beside]) {
    const path = steps(field);
    // How sure somebody is of no answer, and a unit without its number, say nothing.
    if (refused.has(field) || ('beside' in field.dataset && !Object.keys(found(answer, path.slice(0, -1)) ?? {}).length)) continue;
    const { checked, value } = read(field);
    if (field.type === 'checkbox') {
      if (checked) put(answer, path, [...(found(answer, path) ?? []), value]);
    } else if (field.type === 'radio' ? checked : value.trim()) put(answer, path, valueOf(field, value));
  }
  return answer;
}

// A unit that is written behind its number goes back there.
function textOf(field, answer, value) {
  if (value === undefined || steps(field).at(-1) !== 'value') return value;
  const { unit, text } = found(answer, steps(field).slice(0, -1));
  const behind = text ?? JSON.parse(field.dataset.units ?? '{}')[unit];
  return behind ? `${value} ${behind}` : value;
}

// Files that were sent from another device have no box on this page yet.
function addFiles(section, answer) {
  const blank = section.querySelector('template[data-file]');
  for (const digest of (blank && found(answer, blank.dataset.file.split('/'))) ?? []) {
    if (controls(section).some((field) => field.value === digest)) continue;
    const choice = blank.content.firstElementChild.cloneNode(true);
    choice.querySelector('input').value = digest;
    choice.querySelector('code').textContent = digest.slice(0, 12);
    const list = section.querySelector('.choices');
    list.append(choice);
    list.hidden = false;
  }
}

export function writeAnswer(section, answer) {
  refusals.delete(section);
  addFiles(section, answer);
  for (const field of controls(section)) {
    const value = found(answer, steps(field));
    if (field.type === 'checkbox') field.checked = (value ?? []).includes(field.value);
    else if (field.type === 'radio') field.checked = value !== undefined && String(value) === field.value;
    else field.value = textOf(field, answer, value) ?? '';
  }
  section.dispatchEvent(new Event('academy:written'));
}

// What the person sees, for comparing: arrays and keys in one order.
export const same = (a, b) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
const ordered = (value) => {
  if (Array.isArray(value)) return [...value].sort();
  if (value === null || typeof value !== 'object') return String(value);
  return Object.keys(value).sort().map((key) => [key, ordered(value[key])]);
};
