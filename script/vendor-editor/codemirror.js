// What the lesson editor uses of CodeMirror; script/vendor-assets bundles it into app/static/vendor/codemirror.min.js.
export { Annotation, ChangeSet, Compartment, EditorSelection, EditorState, StateEffect, StateField, Transaction } from '@codemirror/state';
export {
  Decoration, drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap,
  lineNumbers, placeholder, ViewPlugin, WidgetType,
} from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, redo, undo } from '@codemirror/commands';
export { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting, syntaxTree } from '@codemirror/language';
export { markdown, markdownKeymap } from '@codemirror/lang-markdown';
export { Table } from '@lezer/markdown';
export { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
export { lintGutter, lintKeymap, nextDiagnostic, setDiagnostics } from '@codemirror/lint';
export { autocompletion, completionKeymap } from '@codemirror/autocomplete';
export { tags } from '@lezer/highlight';
export { yaml } from '@codemirror/legacy-modes/mode/yaml';
