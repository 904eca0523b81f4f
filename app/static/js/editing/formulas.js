// The dialog for a formula: what is written is shown as readers will see it, or what is wrong with it.

export function installFormulas({ address, session, say }) {
  const dialog = document.getElementById('dialog-formula');
  const field = document.getElementById('formula-tex');
  const display = dialog.querySelector('[name=display]');
  const shown = document.getElementById('formula-shown');
  const fault = document.getElementById('formula-fault');
  let timer = 0;
  let asked = 0;

  const tell = (words) => {
    fault.hidden = !words;
    fault.lastElementChild.textContent = words;
    if (words) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  };

  async function renew() {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const tex = field.value.trim();
    if (!tex) {
      shown.replaceChildren();
      tell('');
      return;
    }
    const { status, body } = await session.request(address, { method: 'POST', json: { tex: written(), display: display.checked } });
    if (mine !== asked) return;
    if (status === 200) {
      if (body.html) shown.innerHTML = body.html;
      tell(body.fault);
    } else tell(say('formulaOffline'));
  }
  const later = () => { clearTimeout(timer); timer = setTimeout(renew, 250); };
  // One line unless it stands by itself: a paragraph's line may break where a formula's must not.
  const written = () => (display.checked ? field.value.trim().replace(/\n\s*\n/g, '\n') : field.value.trim().replace(/\s*\n\s*/g, ' '));

  field.addEventListener('input', later);
  display.addEventListener('change', renew);
  for (const button of dialog.querySelectorAll('[data-part]')) {
    button.addEventListener('click', () => {
      const { selectionStart: from, selectionEnd: to } = field;
      const part = button.dataset.part;
      const chosen = field.value.slice(from, to);
      const text = chosen ? part.replace('{}', `{${chosen}}`) : part;
      field.setRangeText(text, from, to, 'end');
      const hole = text.indexOf('{}');
      if (hole >= 0) field.setSelectionRange(from + hole + 1, from + hole + 1);
      field.focus();
      later();
    });
  }

  return {
    // What is selected in the source, with or without its dollars, is taken up.
    begin(source) {
      const { state } = source.view;
      const { from, to } = state.selection.main;
      const words = state.sliceDoc(from, to).trim();
      display.checked = words.startsWith('$$');
      field.value = words.replace(/^\${1,2}\s*|\s*\${1,2}$/g, '');
      shown.replaceChildren();
      tell('');
      renew();
      field.focus();
    },
    insert(source) {
      const { state } = source.view;
      const { from, to } = state.selection.main;
      if (display.checked) {
        if (to > from) source.insert('');
        source.block(`$$\n${written()}\n$$`);
        return true;
      }
      const beside = (at) => (/[A-Za-z0-9$]/.test(state.sliceDoc(at, at + 1)) ? ' ' : '');
      source.insert(`${from ? beside(from - 1) : ''}$${written()}$${beside(to)}`);
      return true;
    },
  };
}
