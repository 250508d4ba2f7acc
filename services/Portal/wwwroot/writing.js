// Saves each part of a review's text as it is written. Without this script, a button saves it.
'use strict';

(() => {
  for (const form of document.querySelectorAll('form[data-saved-at]')) {
    const words = JSON.parse(form.dataset.words);
    const state = form.querySelector('[data-state]');
    let waiting = null;
    let sending = false;
    let unsent = false;

    async function send() {
      if (sending || !unsent) return;
      sending = true;
      unsent = false;
      state.textContent = words.saving;
      try {
        const answer = await fetch(form.dataset.savedAt, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual', keepalive: true });
        if (answer.type === 'opaqueredirect' || answer.status === 400 || answer.status === 401) throw new Error(words.away);
        if (answer.status === 404 || answer.status === 409 || answer.status === 422) {
          // The page says what is the matter, with both texts.
          form.querySelector('[data-save]').click();
          return;
        }
        if (!answer.ok) throw new Error(words.waiting);
        form.elements.seen.value = (await answer.json()).version;
        state.textContent = unsent ? words.saving : words.saved;
        // What was signed before it was written is not what would be signed now.
        for (const button of document.querySelectorAll('[data-sign]')) button.form.elements.version.value++;
      } catch (failure) {
        unsent = true;
        state.textContent = failure.message === words.away ? words.away : words.waiting;
        setTimeout(send, 3000);
      } finally {
        sending = false;
      }
      if (unsent) schedule();
    }

    function schedule() {
      clearTimeout(waiting);
      waiting = setTimeout(send, 1000);
    }

    form.addEventListener('input', () => {
      unsent = true;
      schedule();
    });
    form.addEventListener('change', send);
    addEventListener('online', send);
    addEventListener('pagehide', send);
    addEventListener('beforeunload', event => {
      if (unsent || sending) event.preventDefault();
    });
    form.addEventListener('submit', () => {
      unsent = false;
    });
  }
})();
