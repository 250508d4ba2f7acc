// Whole without this: files are chosen in the form's two fields, and a link shows the page anew. With it, files and folders can be dropped,
// an upload shows how far it is, and the page follows an import by itself.
'use strict';

(() => {
  const kinds = /\.(csv|zip|xlsx)$/i;
  const soon = 1000;

  /** The files of what was dropped, each with its folder before the name. What is in folders of a folder is no import's. */
  async function filesOf(entry, depth = 0) {
    if (entry.isFile) {
      const file = await new Promise((found, failed) => entry.file(found, failed));
      return [[file, entry.fullPath.slice(1)]];
    }
    if (depth > 0) return [];
    const reader = entry.createReader();
    const files = [];
    for (;;) {
      const some = await new Promise((found, failed) => reader.readEntries(found, failed));
      if (some.length === 0) return files;
      for (const inside of some) files.push(...await filesOf(inside, depth + 1));
    }
  }

  function upload(form) {
    const zone = form.querySelector('.drop');
    const chosen = form.querySelector('.chosen');
    const sending = form.querySelector('.sending');
    const button = form.querySelector('[type=submit]');
    let dropped = [];

    const picked = () => [...form.querySelectorAll('[type=file]')].flatMap(field => [...field.files].map(file => [file, file.webkitRelativePath || file.name]));
    const all = () => [...picked(), ...dropped].filter(([, name]) => kinds.test(name));
    const size = () => all().reduce((sum, [file]) => sum + file.size, 0);

    function show() {
      const number = all().length;
      chosen.hidden = number === 0 && picked().length + dropped.length === 0;
      chosen.textContent = form.dataset.chosen
        .replace('{0}', number).replace('{1}', (size() / 1024 / 1024).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 }));
    }

    function fault(of) {
      for (const told of form.querySelectorAll('.fault')) told.hidden = told.dataset.of !== of;
    }

    form.querySelector('.drop-here').hidden = false;
    form.addEventListener('change', show);
    zone.addEventListener('dragover', event => { event.preventDefault(); zone.classList.add('over'); });
    zone.addEventListener('dragleave', () => zone.classList.remove('over'));
    zone.addEventListener('drop', async event => {
      event.preventDefault();
      zone.classList.remove('over');
      // What was dropped is there only as long as the event is.
      const items = [...event.dataTransfer.items].filter(item => item.kind === 'file').map(item => [item.webkitGetAsEntry(), item.getAsFile()]);
      dropped = (await Promise.all(items.map(([entry, file]) => entry ? filesOf(entry) : [[file, file.name]]))).flat();
      show();
    });

    form.addEventListener('submit', event => {
      event.preventDefault();
      fault(null);
      if (size() > Number(form.dataset.most)) {
        fault('too_large');
        return;
      }

      const body = new FormData(form);
      body.delete('files');
      for (const [file, name] of all()) body.append('files', file, name);
      const request = new XMLHttpRequest();
      const end = of => { sending.hidden = true; button.disabled = false; fault(of); };
      request.upload.addEventListener('progress', told => { if (told.lengthComputable) sending.querySelector('progress').value = told.loaded / told.total; });
      // It answers by sending the browser on, be it to the import or to what is wrong.
      request.addEventListener('load', () => { if (request.status < 400) location.assign(request.responseURL); else end('not_sent'); });
      request.addEventListener('error', () => end('not_sent'));
      request.open('POST', form.action);
      sending.hidden = false;
      button.disabled = true;
      request.send(body);
    });
  }

  async function follow(shown) {
    const again = shown.querySelector('.button').parentElement;
    again.hidden = true;
    for (;;) {
      await new Promise(passed => setTimeout(passed, soon));
      const answer = await fetch(shown.dataset.progress, { redirect: 'error' }).catch(() => null);
      if (!answer?.ok) {
        again.hidden = false;
        return;
      }

      const progress = await answer.json();
      if (progress.state !== shown.dataset.state) {
        location.reload();
        return;
      }

      shown.querySelector('.said').textContent = progress.said;
      const bar = shown.querySelector('progress');
      if (bar.hasAttribute('value') && progress.of > 0) [bar.max, bar.value] = [progress.of, progress.answered];
    }
  }

  for (const form of document.querySelectorAll('form.upload')) upload(form);
  for (const shown of document.querySelectorAll('[data-progress]')) follow(shown);
})();
