// The QR code's address carries number and code in its fragment, which a browser never sends. This fills the form
// with them, keeps them in the fragment of the result's address (so that switching the language or reloading asks
// again). A file may be dropped anywhere on the page. Without this file the form is filled by hand, and the file is
// chosen.

const form = document.querySelector('form[data-verify]');
const question = document.querySelector('form[data-day]');
const finding = document.querySelector('[data-finding]');
const params = new URLSearchParams(location.hash.slice(1));

function keepInFragment(event) {
  const sent = event.currentTarget;
  const filled = new URLSearchParams({ n: sent.elements.number.value, c: sent.elements.code.value });
  sent.action = `${sent.getAttribute('action').split('#')[0]}#${filled}`;
}

if (form) {
  form.addEventListener('submit', keepInFragment);
  question?.addEventListener('submit', keepInFragment);
  for (const next of document.querySelectorAll('input[name="next"]')) {
    next.form.addEventListener('submit', () => { next.value = `${next.value.split('#')[0]}${location.hash}`; });
  }
  if (!finding && params.get('n')) {
    form.elements.number.value = params.get('n');
    form.elements.code.value = params.get('c') ?? '';
    form.requestSubmit();
  }
}

const drop = document.querySelector('form[data-drop]');

function holdsFile(event) {
  return [...(event.dataTransfer?.types ?? [])].includes('Files');
}

if (drop) {
  const input = drop.elements.document;
  document.documentElement.classList.add('can-drop');
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      drop.classList.toggle('is-over', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        drop.requestSubmit();
      }
    });
  }
}
