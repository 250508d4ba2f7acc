// Passkeys are the one thing here that a browser gives to scripts only. Without this script, people sign in with a password.
'use strict';

(() => {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;

  async function options(form) {
    const token = form.querySelector('[name=__RequestVerificationToken]').value;
    const answer = await fetch(form.dataset.options, { method: 'POST', headers: { RequestVerificationToken: token } });
    if (!answer.ok) throw new Error(`${form.dataset.options} answered ${answer.status}`);
    return answer.json();
  }

  const ways = {
    make: async form => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(await options(form)) }),
    use: async form => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(await options(form)) }),
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.closest('[hidden]').hidden = false;
    form.addEventListener('submit', async event => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      const failed = form.querySelector('.fault');
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await ways[form.dataset.passkey](form));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
