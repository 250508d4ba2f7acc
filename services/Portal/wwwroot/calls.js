// One key logs a call. A key counts only while the focus is on a family; without this script there are the buttons.
'use strict';

(() => {
  const list = document.querySelector('[data-calls]');
  if (!list) return;

  const families = [...list.children];
  const remembered = 'place in the call list';

  function focus(place) {
    families[Math.max(0, Math.min(place, families.length - 1))]?.querySelector('button').focus();
  }

  list.addEventListener('submit', event => sessionStorage.setItem(remembered, families.indexOf(event.target.closest('li'))));

  // After a call the list is there anew: the focus stays at the same place in it.
  const place = sessionStorage.getItem(remembered);
  sessionStorage.removeItem(remembered);
  if (place !== null) focus(Number(place));

  list.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.matches('input, select')) return;
    const family = event.target.closest('li');
    const at = families.indexOf(family);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      focus(at + (event.key === 'ArrowDown' ? 1 : -1));
      return;
    }
    const chosen = family.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
    if (chosen.matches('summary')) chosen.parentElement.querySelector('input:not([type=hidden])')?.focus();
  });
})();
