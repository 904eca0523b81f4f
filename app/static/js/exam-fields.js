// The fields of a question: read an answer from them, write one into them.

const inputs = (section) => [...section.querySelectorAll('fieldset input, fieldset select')];
const typeOf = (section) => section.querySelector('fieldset').dataset.question;

const types = {
  single: {
    read: (fields) => { const on = fields.find((f) => f.checked); return on ? { choice: on.value } : {}; },
    write: (fields, answer) => fields.forEach((f) => { f.checked = f.value === answer.choice; }),
  },
  multiple: {
    read: (fields) => { const on = fields.filter((f) => f.checked).map((f) => f.value); return on.length ? { choices: on } : {}; },
    write: (fields, answer) => fields.forEach((f) => { f.checked = (answer.choices ?? []).includes(f.value); }),
  },
  true_false: {
    read: (fields) => { const on = fields.find((f) => f.checked); return on ? { value: on.value === 'true' } : {}; },
    write: (fields, answer) => fields.forEach((f) => { f.checked = f.value === String(answer.value); }),
  },
  numeric: {
    read: ([field]) => (field.value.trim() ? { value: field.value } : {}),
    write: ([field], answer) => { field.value = answer.value ?? ''; },
  },
  short_text: {
    read: ([field]) => (field.value.trim() ? { text: field.value } : {}),
    write: ([field], answer) => { field.value = answer.text ?? ''; },
  },
  matching: {
    read: (fields) => parts('pairs', fields, (value) => value),
    write: (fields, answer) => fields.forEach((f) => { f.value = answer.pairs?.[f.dataset.part] ?? ''; }),
  },
  ordering: {
    read: (fields) => parts('positions', fields, Number),
    write: (fields, answer) => fields.forEach((f) => { f.value = answer.positions?.[f.dataset.part] ?? ''; }),
  },
};

function parts(name, fields, convert) {
  const chosen = fields.filter((f) => f.value).map((f) => [f.dataset.part, convert(f.value)]);
  return chosen.length ? { [name]: Object.fromEntries(chosen) } : {};
}

export const isText = (field) => field.matches('input[type=text]');
const silent = { read: () => ({}), write: () => {} }; // a type whose fields this file does not know: the form posts them
const kindOf = (section) => types[typeOf(section)] ?? silent;
export const readAnswer = (section) => kindOf(section).read(inputs(section));
export const writeAnswer = (section, answer) => kindOf(section).write(inputs(section), answer);

// What the person sees, for comparing: arrays and keys in one order.
export const same = (a, b) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
const ordered = (value) => {
  if (Array.isArray(value)) return [...value].sort();
  if (value === null || typeof value !== 'object') return String(value);
  return Object.keys(value).sort().map((key) => [key, ordered(value[key])]);
};
