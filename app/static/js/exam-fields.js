// The fields of a question: read an answer from them, write one into them. Every control says in data-path where its
// value stands in the answer (steps parted by slashes) and in data-as what it is when it is not text.

const controls = (section) => [...section.querySelectorAll('fieldset [data-path]')];
const steps = (field) => field.dataset.path.split('/');
const valueOf = (field) => ({ number: Number, boolean: (text) => text === 'true' }[field.dataset.as] ?? ((text) => text))(field.value);

function put(answer, path, value) {
  let place = answer;
  for (const step of path.slice(0, -1)) place = place[step] ??= {};
  place[path.at(-1)] = value;
}

const found = (answer, path) => path.reduce((place, step) => place?.[step], answer);

export const isText = (field) => field.matches('input[type=text], textarea');

export function readAnswer(section) {
  const answer = {};
  for (const field of controls(section)) {
    const path = steps(field);
    if (field.type === 'checkbox') {
      if (field.checked) put(answer, path, [...(found(answer, path) ?? []), field.value]);
    } else if (field.type === 'radio' ? field.checked : field.value.trim()) put(answer, path, valueOf(field));
  }
  // How sure somebody is of no answer says nothing.
  return Object.keys(answer).some((name) => name !== 'certainty') ? answer : {};
}

export function writeAnswer(section, answer) {
  for (const field of controls(section)) {
    const value = found(answer, steps(field));
    if (field.type === 'checkbox') field.checked = (value ?? []).includes(field.value);
    else if (field.type === 'radio') field.checked = value !== undefined && String(value) === field.value;
    else field.value = value ?? '';
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
