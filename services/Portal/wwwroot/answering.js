// Keeps each answer as it is given, and lets a form be filled in by the keyboard alone. Without this script, a button keeps the answers.
'use strict';

(() => {
  const form = document.querySelector('form[data-saved-at]');
  if (!form) return;

  const words = JSON.parse(form.dataset.words);
  const state = form.querySelector('[data-state]');
  const count = form.querySelector('[data-count]');
  const progress = form.querySelector('progress');
  // What the server has not confirmed yet waits on this device, and nothing else does.
  const shelf = `unsent ${form.dataset.savedAt}`;
  let unsent = JSON.parse(localStorage.getItem(shelf) ?? '{}');
  let sending = false;

  form.querySelector('[data-save]').hidden = true;
  form.querySelector('[data-keys]').hidden = false;

  function show(field, value) {
    for (const input of form.elements[field] instanceof RadioNodeList ? form.elements[field] : [form.elements[field]])
      if (input.type === 'radio') input.checked = input.value === value;
      else input.value = value;
  }

  function shelve() {
    if (Object.keys(unsent).length > 0) localStorage.setItem(shelf, JSON.stringify(unsent));
    else localStorage.removeItem(shelf);
  }

  async function send() {
    if (sending || Object.keys(unsent).length === 0) return;
    sending = true;
    state.textContent = words.saving;
    const batch = { ...unsent };
    try {
      const body = new URLSearchParams({ ...batch, __RequestVerificationToken: form.elements.__RequestVerificationToken.value });
      const answer = await fetch(form.dataset.savedAt, { method: 'POST', body, redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 400 || answer.status === 401) throw new Error(words.away);
      if (answer.status === 404 || answer.status === 409) {
        // Submitted or thrown away, here or on another device.
        unsent = {};
        shelve();
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(words.waiting);
      const kept = await answer.json();
      for (const [field, value] of Object.entries(batch)) if (unsent[field] === value) delete unsent[field];
      shelve();
      progress.value = kept.answered;
      count.textContent = words.answered.replace('{0}', kept.answered);
      state.textContent = Object.keys(unsent).length > 0 ? words.saving : words.saved;
      sending = false;
      send();
    } catch (failure) {
      state.textContent = failure.message === words.away ? words.away : words.waiting;
      sending = false;
      setTimeout(send, 3000);
    }
  }

  form.addEventListener('change', event => {
    unsent[event.target.name] = event.target.value;
    shelve();
    send();
  });
  addEventListener('online', send);

  for (const [field, value] of Object.entries(unsent)) if (form.elements[field]) show(field, value);
  send();

  // A key answers only while the focus is in the answers of an item.
  const items = [...form.querySelectorAll('[data-items] fieldset')];

  function focus(item) {
    if (!item) {
      form.querySelector('button.main').focus();
      return;
    }
    (item.querySelector('input:checked') ?? item.querySelector('input')).focus();
    item.scrollIntoView({ block: 'center' });
  }

  form.querySelector('[data-items]').addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const item = event.target.closest('fieldset');
    const place = items.indexOf(item);
    const value = /^[0-9]$/.test(event.key) ? event.key : { n: 'NA', Backspace: '', Delete: '' }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (value !== undefined) {
      const input = [...item.querySelectorAll('input')].find(candidate => candidate.value === value);
      if (!input) return;
      event.preventDefault();
      if (!input.checked) {
        input.checked = true;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }
      if (value !== '') focus(items[place + 1]);
      else input.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      focus(items[place + 1]);
    } else if (event.key === 'ArrowUp') {
      event.preventDefault();
      if (place > 0) focus(items[place - 1]);
    }
  });
})();
