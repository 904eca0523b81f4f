// The Markdown source of a lesson in CodeMirror, and what the toolbar does to it.

import {
  Annotation, ChangeSet, Compartment, Decoration, EditorState, EditorView, HighlightStyle, StateEffect, StateField, Table, Transaction,
  bracketMatching, defaultKeymap, drawSelection, dropCursor, highlightActiveLine, highlightSelectionMatches,
  highlightSpecialChars, history, historyKeymap, keymap, lineNumbers, lintGutter, lintKeymap, markdown, markdownKeymap, search,
  searchKeymap, setDiagnostics, syntaxHighlighting, tags,
} from '../../vendor/codemirror.min.js';

const remote = Annotation.define();
const setMarks = StateEffect.define();

// Lines of sections whose translation is out of date.
const marks = StateField.define({
  create: () => Decoration.none,
  update(found, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
    return found.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const style = HighlightStyle.define([
  { tag: tags.heading, fontWeight: '600', color: 'var(--indigo)' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--indigo)' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], color: 'var(--ink-soft)' },
  { tag: tags.monospace, fontFamily: 'var(--type-code)' },
  { tag: tags.invalid, color: 'var(--seal)', textDecoration: 'underline' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)', borderRadius: 'var(--radius)' },
  '&.cm-focused': { outline: '3px solid var(--indigo)', outlineOffset: '2px' },
  '.cm-content': { fontFamily: 'var(--type-code)', fontSize: '.9375rem', lineHeight: '1.7', padding: '.75rem 0' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--ink-soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--indigo-tint)' },
  '.cm-lagging': { boxShadow: 'inset 3px 0 0 var(--amber)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
});

export class Source extends EventTarget {
  constructor({ textarea, label, language, phrases, nonce }) {
    super();
    this.language = language;
    this.unsent = null; // what was typed since the text in flight was taken
    this.writable = new Compartment();
    this.view = new EditorView({
      state: EditorState.create({
        doc: textarea.value.replaceAll('\r\n', '\n'),
        extensions: [
          EditorView.cspNonce.of(nonce), EditorState.phrases.of(phrases), this.writable.of([]),
          lineNumbers(), highlightSpecialChars(), history(), drawSelection(), dropCursor(), bracketMatching(), highlightActiveLine(),
          highlightSelectionMatches(), search({ top: true }), lintGutter(), marks, EditorView.lineWrapping,
          markdown({ extensions: [Table], completeHTMLTags: false, pasteURLAsLink: false }), syntaxHighlighting(style), look,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', lang: language === 'zh' ? 'zh-CN' : 'en', spellcheck: String(language === 'en') }),
          keymap.of([
            { key: 'Mod-b', run: () => { this.wrap('**'); return true; } },
            ...markdownKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap,
          ]),
          EditorView.updateListener.of((update) => this.updated(update)),
          EditorView.domEventHandlers({
            paste: (event) => this.files(event, event.clipboardData),
            drop: (event) => this.files(event, event.dataTransfer),
            focus: () => { this.dispatchEvent(new CustomEvent('focus')); },
          }),
        ],
      }),
    });
    textarea.hidden = true;
    textarea.removeAttribute('aria-label'); // it is the editor's now
    textarea.disabled = true;
    textarea.after(this.view.dom);
  }

  get text() { return this.view.state.doc.toString(); }

  updated(update) {
    if (update.docChanged) {
      this.unsent = this.unsent ? this.unsent.compose(update.changes) : update.changes;
      const own = !update.transactions.some((one) => one.annotation(remote));
      this.dispatchEvent(new CustomEvent('edit', { detail: { own } }));
    }
    if (update.selectionSet || update.docChanged) this.dispatchEvent(new CustomEvent('place'));
  }

  taken() { this.unsent = null; }

  // The server has `changes` more than what was taken; what was typed since stays.
  bring(changes, length) {
    const set = ChangeSet.of(changes, length);
    const mapped = this.unsent ? set.map(this.unsent, true) : set;
    const typed = this.unsent ? this.unsent.map(set) : null;
    this.view.dispatch({ changes: mapped, annotations: [remote.of(true), Transaction.addToHistory.of(false)] });
    this.unsent = typed;
  }

  replace(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, annotations: remote.of(true) });
  }

  lock() { this.view.dispatch({ effects: this.writable.reconfigure([EditorState.readOnly.of(true), EditorView.editable.of(false)]) }); }

  // --- what the checks say ---
  notices(found) {
    const { doc } = this.view.state;
    this.view.dispatch(setDiagnostics(this.view.state, found.map(({ line, column, kind, text }) => {
      const at = doc.line(Math.min(Math.max(1, line), doc.lines));
      const from = Math.min(at.from + Math.max(0, column - 1), at.to);
      return { from, to: at.to, severity: kind === 'fault' ? 'error' : 'warning', message: text };
    })));
  }

  lagging(lines) {
    const { doc } = this.view.state;
    const places = lines.filter((line) => line >= 1 && line <= doc.lines).map((line) => doc.line(line).from).sort((a, b) => a - b);
    this.view.dispatch({ effects: setMarks.of(Decoration.set(places.map((at) => Decoration.line({ class: 'cm-lagging' }).range(at)))) });
  }

  goTo(line) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    this.view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'start', yMargin: 40 }) });
    this.view.focus();
  }

  get line() { return this.view.state.doc.lineAt(this.view.state.selection.main.head).number; }

  // --- the toolbar ---
  insert(text, select = null) {
    const { from, to } = this.view.state.selection.main;
    const at = select === null ? from + text.length : from + select;
    this.view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: at }, scrollIntoView: true, userEvent: 'input' });
    this.view.focus();
  }

  // As a block of its own: with an empty line before and after.
  block(text, select = null) {
    const { state } = this.view;
    const line = state.doc.lineAt(state.selection.main.head);
    const at = line.length ? line.to : line.from;
    const before = line.length ? '\n\n' : line.number > 1 && state.doc.line(line.number - 1).length ? '\n' : '';
    const next = line.number < state.doc.lines ? state.doc.line(line.number + 1) : null;
    const after = next?.length ? '\n\n' : '\n';
    this.view.dispatch({
      changes: { from: at, insert: `${before}${text}${after}` },
      selection: { anchor: at + before.length + (select ?? text.length) },
      scrollIntoView: true, userEvent: 'input',
    });
    this.view.focus();
  }

  wrap(mark) {
    const { state } = this.view;
    const { from, to } = state.selection.main;
    const words = state.sliceDoc(from, to);
    const has = words.startsWith(mark) && words.endsWith(mark) && words.length >= 2 * mark.length;
    const insert = has ? words.slice(mark.length, -mark.length) : `${mark}${words}${mark}`;
    this.view.dispatch({ changes: { from, to, insert }, selection: has ? { anchor: from, head: from + insert.length } : { anchor: from + mark.length, head: from + mark.length + words.length }, userEvent: 'input' });
    this.view.focus();
  }

  list() {
    const { state } = this.view;
    const { from, to } = state.selection.main;
    const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
    const changes = [];
    for (let number = first; number <= last; number += 1) {
      const line = state.doc.line(number);
      changes.push(line.text.startsWith('- ') ? { from: line.from, to: line.from + 2 } : { from: line.from, insert: '- ' });
    }
    this.view.dispatch({ changes, userEvent: 'input' });
    this.view.focus();
  }

  footnote() {
    const { state } = this.view;
    const numbers = [...state.doc.toString().matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1]));
    const name = `[^${Math.max(0, ...numbers) + 1}]`;
    const { to } = state.selection.main;
    const end = state.doc.length;
    const tail = `${state.doc.line(state.doc.lines).length ? '\n' : ''}\n${name}: `;
    this.view.dispatch({
      changes: [{ from: to, insert: name }, { from: end, insert: tail }],
      selection: { anchor: end + name.length + tail.length }, scrollIntoView: true, userEvent: 'input',
    });
    this.view.focus();
  }

  // The end of the section in which the other language's heading with this id stands.
  endOfSection(key) {
    const { doc } = this.view.state;
    let inside = false;
    for (let number = 1; number <= doc.lines; number += 1) {
      const { text, from } = doc.line(number);
      if (inside && text.startsWith('## ')) return from;
      if (new RegExp(`^## .*\\{#${key}\\}\\s*$`).test(text)) inside = true;
    }
    return inside || !key ? doc.length : null;
  }

  // The id of the section in which the cursor stands.
  get section() {
    const { doc } = this.view.state;
    for (let number = this.line; number >= 1; number -= 1) {
      const found = /^## .*\{#([a-z0-9-]+)\}\s*$/.exec(doc.line(number).text);
      if (found) return found[1];
    }
    return '';
  }

  addAt(position, text) {
    const { doc } = this.view.state;
    const before = position > 0 && doc.sliceString(position - 1, position) !== '\n' ? '\n\n' : position > 1 && doc.sliceString(position - 2, position) !== '\n\n' ? '\n' : '';
    this.view.dispatch({ changes: { from: position, insert: `${before}${text}\n` }, userEvent: 'input' });
  }

  files(event, data) {
    const file = [...(data?.files ?? [])].find((one) => /^image\/(png|jpeg|svg\+xml)$/.test(one.type));
    if (!file) return false;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('figure', { detail: { file } }));
    return true;
  }
}
