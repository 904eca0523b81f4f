// The page of recordings: a chosen file is uploaded in pieces, with its progress; one that was begun before goes on. Without this file
// the page is a form that sends the file in one piece.

import { Session } from './saver.js';
import { Upload, fingerprint } from './uploads.js';

const $ = (id) => document.getElementById(id);
const data = JSON.parse($('upload-data').textContent);
const say = (name, values = {}) => (data.words[name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key]);
const form = $('upload-form');
const session = new Session({ token: form.elements.csrf_token.value, tokenUrl: data.token });
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
let upload = null;

function refuse(message) {
  $('upload-error').hidden = !message;
  $('upload-error').lastElementChild.textContent = message;
}

function show() {
  const { file, sent, state } = upload;
  const percent = Math.floor((100 * sent) / file.size);
  $('upload-progress').hidden = false;
  $('upload-progress').dataset.state = state;
  $('upload-name').textContent = file.name;
  $('upload-bar').value = percent;
  const text = state === 'sending' ? say('sending', { percent, sent: megabytes(sent), size: megabytes(file.size) }) : say(state, { name: file.name });
  if ($('upload-state').textContent !== text) $('upload-state').textContent = text;
  $('upload-pause').hidden = ['paused', 'checking', 'done', 'refused'].includes(state);
  $('upload-resume').hidden = state !== 'paused';
}

async function begin(file) {
  refuse('');
  if (file.size > data.limit) {
    refuse(say('tooLarge', { most: Math.floor(data.limit / 2 ** 20) }));
    return;
  }
  const mark = await fingerprint(file);
  const begun = [...document.querySelectorAll('[data-upload]')].find((one) => one.dataset.fingerprint === mark);
  upload = new Upload({ file, mark, uploads: data.uploads, session, url: begun?.dataset.upload ?? null });
  if (begun) begun.hidden = true;
  upload.addEventListener('change', show);
  upload.addEventListener('refused', ({ detail: { message } }) => {
    $('upload-progress').hidden = true;
    refuse(message || say('failed'));
    form.elements.file.value = '';
    form.elements.file.disabled = false;
  });
  upload.addEventListener('done', ({ detail: { page } }) => location.assign(page));
  form.elements.file.disabled = true;
  show();
  await upload.run();
}

form.elements.file.addEventListener('change', () => { if (form.elements.file.files.length) begin(form.elements.file.files[0]); });
form.addEventListener('submit', (event) => event.preventDefault());
$('upload-pause').addEventListener('click', () => { upload.pause(); $('upload-resume').focus(); });
$('upload-resume').addEventListener('click', () => { upload.resume(); $('upload-pause').hidden = false; $('upload-pause').focus(); });
form.dataset.ready = '1';
