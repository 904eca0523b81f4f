// The QR code's address carries number and code in its fragment, which a browser never sends. This fills the form
// with them, keeps them in the fragment of the result's address (so that switching the language or reloading asks
// again), and does nothing else: without this file the form is filled by hand.

const form = document.querySelector('form[data-verify]');
const finding = document.querySelector('[data-finding]');
const params = new URLSearchParams(location.hash.slice(1));

function keepInFragment() {
  const filled = new URLSearchParams({ n: form.elements.number.value, c: form.elements.code.value });
  form.action = `${form.getAttribute('action').split('#')[0]}#${filled}`;
}

if (form) {
  form.addEventListener('submit', keepInFragment);
  for (const next of document.querySelectorAll('input[name="next"]')) {
    next.form.addEventListener('submit', () => { next.value = `${next.value.split('#')[0]}${location.hash}`; });
  }
  if (!finding && params.get('n')) {
    form.elements.number.value = params.get('n');
    form.elements.code.value = params.get('c') ?? '';
    form.requestSubmit();
  }
}
