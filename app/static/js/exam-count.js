// How long each essay is so far, counted as the server does (app/quizzes/grading/essay.py: length_of): each hanzi is a word,
// and so is each run of letters and digits.

const HANZI = '\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const WORDS = new RegExp(`[${HANZI}]|(?:(?![${HANZI}])[\\p{L}\\p{N}_])+(?:['’.-][\\p{L}\\p{N}_]+)*`, 'gu');
const length = { words: (text) => (text.match(WORDS) ?? []).length, characters: (text) => [...text.replace(/\s/gu, '')].length };

function begin(counter) {
  const field = counter.parentElement.querySelector('textarea');
  const show = () => {
    const number = length[counter.dataset.count](field.value);
    counter.textContent = counter.dataset.words.replace('{number}', number.toLocaleString('en'));
  };
  field.addEventListener('input', show);
  field.closest('[data-item]')?.addEventListener('academy:written', show);
  counter.hidden = false;
  show();
}

document.querySelectorAll('[data-count]').forEach(begin);
