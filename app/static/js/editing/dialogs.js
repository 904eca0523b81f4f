// The toolbar and its dialogs: sections, citations, figures, formulas, check questions, terms, callouts.

import { installFormulas } from './formulas.js';

const $ = (id) => document.getElementById(id);
const kebab = (text) => (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).join('-').slice(0, 60);

export function installDialogs({ data, say, announce, session, source, active, other, preview }) {
  let language = 'zh';

  const open = (id, of) => {
    language = of ?? active();
    $(id).querySelector('form')?.reset();
    $(id).showModal();
  };
  const both = (id, run) => $(id).addEventListener('submit', (event) => {
    if (event.submitter?.value === 'cancel') return;
    if (run(new FormData(event.target)) === false) event.preventDefault();
  });

  for (const bar of document.querySelectorAll('[data-toolbar]')) {
    const of = bar.dataset.toolbar;
    bar.addEventListener('click', (event) => {
      const tool = event.target.closest('[data-tool]')?.dataset.tool;
      if (!tool) return;
      const text = source(of);
      if (tool === 'bold') text.wrap('**');
      else if (tool === 'list') text.list();
      else if (tool === 'footnote') text.footnote();
      else if (tool === 'table') text.block(data.words[`table_${of}`], 2);
      else if (tool === 'subheading') text.block('### ');
      else if (tool.startsWith('callout-')) {
        text.block(`::: ${tool.slice(8)}\n\n:::`, tool.length - 8 + 5);
        event.target.closest('details').open = false;
      } else open(`dialog-${tool}`, of);
      if (tool === 'cite') listInstruments('');
      if (tool === 'question') listQuestions();
      if (tool === 'media') listMedia();
      if (tool === 'term') listTerms('');
      if (tool === 'formula') formulas.begin(text);
    });
    bar.addEventListener('keydown', (event) => {
      const keys = { ArrowRight: 1, ArrowLeft: -1 };
      const tools = [...bar.querySelectorAll('[data-tool], summary')].filter((one) => one.offsetParent);
      const at = tools.indexOf(document.activeElement);
      if (at < 0 || !keys[event.key]) return;
      event.preventDefault();
      tools[(at + keys[event.key] + tools.length) % tools.length].focus();
    });
  }

  // --- a section: in both languages, with one id ---
  const heading = $('dialog-section');
  heading.querySelector('[name=title_en]').addEventListener('input', (event) => {
    const field = heading.querySelector('[name=key]');
    if (!field.dataset.own) field.value = kebab(event.target.value);
  });
  heading.querySelector('[name=key]').addEventListener('input', (event) => { event.target.dataset.own = event.target.value ? '1' : ''; });
  both('dialog-section', (form) => {
    const key = kebab(form.get('key'));
    if (!key || ['zh', 'en'].some((one) => source(one).text.includes(`{#${key}}`))) {
      announce(say('keyTaken'));
      return false;
    }
    const after = source(language).section;
    for (const one of ['zh', 'en']) {
      const text = source(one);
      const at = text.endOfSection(after) ?? text.text.length;
      text.addAt(at, `## ${form.get(`title_${one}`) || key} {#${key}}\n`);
    }
    source(language).view.focus();
    return true;
  });

  // --- a formula ---
  const formulas = installFormulas({ address: data.formula, session, say });
  both('dialog-formula', () => formulas.insert(source(language)));

  // --- a citation ---
  const choose = (list, items, pick) => {
    list.replaceChildren(...items.map((item, index) => {
      const line = document.createElement('label');
      line.className = 'pick';
      const radio = document.createElement('input');
      Object.assign(radio, { type: 'radio', name: 'pick', value: item.key, required: true, checked: items.length === 1 && index === 0 });
      const words = document.createElement('span');
      words.textContent = item.name;
      const small = document.createElement('span');
      small.className = 'muted small';
      small.textContent = item.note ?? '';
      line.append(radio, words, small);
      return line;
    }));
    if (!items.length) list.textContent = say('nothingFound');
    pick?.();
  };
  const has = (words, query) => query.toLowerCase().split(/\s+/).every((word) => words.toLowerCase().includes(word));
  const cite = $('dialog-cite');
  const pins = () => {
    const found = data.instruments.find((one) => one.key === new FormData(cite.querySelector('form')).get('pick'));
    $('pins').replaceChildren(...(found?.pins ?? []).map((pin) => Object.assign(document.createElement('option'), { value: pin })));
    const field = cite.querySelector('[name=pin]');
    field.disabled = found ? !found.pinned : false;
    if (field.disabled) field.value = '';
  };
  const listInstruments = (query) => choose(
    $('instruments'),
    data.instruments.filter((one) => has(`${one.key} ${one.words}`, query)).map((one) => ({ key: one.key, name: one.name, note: `${one.jurisdiction} · ${one.key}` })),
    pins,
  );
  cite.querySelector('[name=find]').addEventListener('input', (event) => listInstruments(event.target.value.trim()));
  $('instruments').addEventListener('change', pins);
  both('dialog-cite', (form) => {
    if (!form.get('pick')) return false;
    const pin = (form.get('pin') ?? '').trim();
    const text = `[${form.get('unreviewed') ? '?' : ''}@${form.get('pick')}${pin ? ` ${pin}` : ''}]`;
    source(language).insert(text);
    return true;
  });

  // --- a check question ---
  function listQuestions() {
    const text = source(language).text;
    const free = data.questions.filter((one) => !text.includes(`::: question ${one.key}\n`));
    choose($('questions'), free.map((one) => ({ key: one.key, name: one.prompt || one.key, note: one.key })));
  }
  both('dialog-question', (form) => {
    if (!form.get('pick')) return false;
    const key = form.get('pick');
    const { section } = source(language);
    source(language).block(`::: question ${key}\n:::`);
    const there = source(other(language));
    const at = there.endOfSection(section);
    if (at !== null && !there.text.includes(`::: question ${key}\n`)) there.addAt(at, `::: question ${key}\n:::\n`);
    return true;
  });

  // --- a recording or an attachment: asked for each time, since files are added in another window ---
  let files = [];
  async function listMedia() {
    choose($('media'), []);
    const { status, body } = await session.request(data.media);
    files = status === 200 ? body.files : [];
    choose($('media'), files.map((one) => ({ key: one.name, name: one.name, note: one.note })));
  }
  both('dialog-media', (form) => {
    const file = files.find((one) => one.name === form.get('pick'));
    if (!file) return false;
    const markup = (of) => `::: ${file.kind} ${file.name} ${plain(form.get(`title_${of}`))}\n:::`;
    const { section } = source(language);
    source(language).block(markup(language));
    const there = source(other(language));
    const at = there.endOfSection(section);
    if (at !== null) there.addAt(at, `${markup(other(language))}\n`);
    return true;
  });

  // --- a term ---
  function listTerms(query) {
    choose($('terms'), data.terms.filter((one) => has(`${one.zh} ${one.en}`, query)).map((one) => ({ key: one[language], name: one[language], note: one[other(language)] })));
  }
  $('dialog-term').querySelector('[name=find]').addEventListener('input', (event) => listTerms(event.target.value.trim()));
  both('dialog-term', (form) => {
    if (!form.get('pick')) return false;
    source(language).insert(form.get('pick'));
    return true;
  });

  // --- a figure: chosen, pasted or dropped; never without words for those who do not see it ---
  const figure = $('dialog-figure');
  let waiting = null;
  for (const of of ['zh', 'en']) {
    source(of).addEventListener('figure', ({ detail: { file } }) => {
      open('dialog-figure', of);
      waiting = file;
      $('figure-name').textContent = file.name;
      figure.querySelector('[name=figure]').required = false;
    });
  }
  figure.addEventListener('close', () => {
    waiting = null;
    $('figure-name').textContent = '';
    $('figure-error').hidden = true;
    figure.querySelector('[name=figure]').required = true;
  });
  figure.querySelector('form').addEventListener('submit', async (event) => {
    if (event.submitter?.value === 'cancel') return;
    event.preventDefault();
    const form = new FormData(event.target);
    const [mine, body] = [language, new FormData()];
    const refuse = (words) => {
      $('figure-error').hidden = false;
      $('figure-error').lastElementChild.textContent = words;
    };
    const file = waiting ?? form.get('figure');
    if (file.size > data.figureLimit) {
      refuse(say('figureTooLarge'));
      return;
    }
    body.set('figure', file);
    const answer = await session.request(data.figures, { method: 'POST', body });
    if (answer.status !== 200) {
      refuse(answer.status === 0 ? say('figureOffline') : answer.body.detail ?? say('figureFailed'));
      return;
    }
    $('figure-error').hidden = true;
    const markup = (of) => `![${plain(form.get(`alt_${of}`))}](../figures/${answer.body.name} "${plain(form.get(`caption_${of}`)).replaceAll('"', '”')}")`;
    const { section } = source(mine);
    source(mine).block(markup(mine));
    const there = source(other(mine));
    const at = there.endOfSection(section);
    if (at !== null) there.addAt(at, `${markup(other(mine))}\n`);
    figure.close();
    preview();
  });
  const plain = (text) => String(text ?? '').replace(/[[\]\n]/g, ' ').trim();

  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.querySelector('[value=cancel]')?.addEventListener('click', () => dialog.close());
  }
}
