// SPDX-License-Identifier: Apache-2.0
// For phones of 2018 on (Chrome 67, Safari 12). Everything works without it; it adds a running clock, checks while typing, one scan for two taps.
(function () {
  'use strict';
  const byId = function (id) { return document.getElementById(id); };

  // Reloading what a form led to, or coming back to it, would send the form again: a second scan. From here it asks for the page instead.
  if (history.replaceState) history.replaceState(null, '', location.href);

  // The clock goes on from the server's second, so a wrong phone clock does not show.
  const result = byId('result');
  if (result) {
    const began = Date.now(), second = Number(result.dataset.second), two = function (n) { return (n < 10 ? '0' : '') + n; };
    const tick = function () {
      const passed = Math.max(0, Math.floor((Date.now() - began) / 1000)), now = (second + passed) % 86400;
      byId('clock').textContent = two(Math.floor(now / 3600)) + ':' + two(Math.floor(now / 60) % 60) + ':' + two(now % 60);
      if (passed >= 300 && !result.classList.contains('stale')) {   // a page left open does not pass a guard
        result.classList.add('stale');
        byId('stale').textContent = result.dataset.stale;
      }
    };
    setInterval(tick, 250);
    tick();
  }

  const plain = function (text) { return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase(); };
  const checkNumber = function (input) {
    const text = plain(input.value);
    const type = byId('type');
    if (!text || (type && type.value !== 'id')) return '';
    if (text.length < 18) return text.length === 15 ? '' : input.dataset.short.replace('#', 18 - text.length);
    if (text.length > 18) return input.dataset.long.replace('#', text.length - 18);
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += Number(text[i]) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i];
    return '10X98765432'[sum % 11] === text[17] ? '' : input.dataset.wrong;
  };
  const checkPhone = function (input) {
    const text = plain(input.value).replace(/^(\+|00)86/, '');
    if (!text || text[0] === '+' || text.slice(0, 2) === '00' || text.length === 11) return '';
    return text.length < 11 ? input.dataset.short.replace('#', 11 - text.length) : input.dataset.long.replace('#', text.length - 11);
  };
  const watch = function (id, check) {
    const input = byId(id);
    if (!input) return;
    const show = function () {
      const fault = check(input);
      byId(id + '-fault').textContent = fault;
      input.setAttribute('aria-invalid', fault ? 'true' : 'false');
    };
    input.addEventListener('change', show);
    input.addEventListener('input', function () { if (byId(id + '-fault').textContent) show(); });
    if (id === 'number' && byId('type')) byId('type').addEventListener('change', show);
  };
  watch('number', checkNumber);
  watch('phone', checkPhone);

  // A second tap while the first is under way would be a second scan. Coming back by the back button makes the button good again.
  let sent = false;
  document.addEventListener('submit', function (event) {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(function () { sent = false; }, 8000);   // it was stopped, or the net is gone
  });
  window.addEventListener('pageshow', function () { sent = false; });
})();
