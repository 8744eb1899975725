// SPDX-License-Identifier: Apache-2.0
// For phones of 2018 on (Chrome 67, Safari 12). Everything works without it; it checks while typing, names and counts who passes, keeps a tap that
// found no net until there is one, runs the clock, and reads aloud. What the server answers to a form is the next page, put in place of this one.
(function () {
  'use strict';
  const byId = function (id) { return document.getElementById(id); };
  const each = function (selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); };
  const plain = function (text) { return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase(); };
  const rfc3339 = function (ms) { return new Date(ms).toISOString().slice(0, 19) + 'Z'; };

  // Reloading what a form led to, or coming back to it, would send the form again. From here it asks for the page instead.
  if (history.replaceState) history.replaceState(null, '', location.href);

  // The time.

  // A wrong phone clock does not show: moments count from the server's second when the page came.
  let came = null;
  const setTime = function (ms) { came = { server: ms, wall: Date.now(), steady: performance.now() }; };
  const drift = function () { return Date.now() - came.wall - (performance.now() - came.steady); };
  // No phone runs slower than its steady clock: then it was put back. It may run ahead, for the steady one stops while some phones sleep.
  const nowMs = function () { return came.server + (drift() < -2000 ? performance.now() - came.steady : Date.now() - came.wall); };
  const isClockOdd = function () { return Math.abs(drift()) > 2000; };
  // Of a tap whose clock had slept or been set since the page came: its second, once and for all, by what the server's clock says now.
  const timed = {};
  const setTimes = function (taps) {
    const odd = taps.filter(function (tap) { return tap.odd; });
    if (!odd.length) return Promise.resolve();
    return fetch('/api/v1/codes/' + odd[0].scan.code.slice(0, 16), { cache: 'no-store' }).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429) throw answer;
      return answer.ok ? answer.json().then(function (told) { setTime(Date.parse(told.now)); }) : null;   // else the tap is refused for what the code is
    }).then(function () {
      return Promise.all(odd.map(function (tap) {
        tap.scan.at = timed[tap.key] = timed[tap.key] || rfc3339(nowMs() - (Date.now() - tap.odd));
        delete tap.odd;
        return waiting.put(tap);
      }));
    });
  };

  // Checks while typing.

  const idFault = function (input) {
    const text = plain(input.value);
    if (!text || (input.id === 'number' && byId('type').value !== 'id')) return '';
    if (text.length < 18) return input.dataset.short.replace('#', 18 - text.length);
    if (text.length > 18) return input.dataset.long.replace('#', text.length - 18);
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += Number(text[i]) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i];
    return '10X98765432'[sum % 11] === text[17] ? '' : input.dataset.wrong;
  };
  const phoneFault = function (input) {
    const text = plain(input.value).replace(/^(\+|00)86/, '');
    if (!text || text[0] === '+' || text.slice(0, 2) === '00' || text.length === 11) return '';
    return text.length < 11 ? input.dataset.short.replace('#', 11 - text.length) : input.dataset.long.replace('#', text.length - 11);
  };
  const plateFault = function (input) {   // other countries and diggers have other plates: this only asks to look again
    const text = plain(input.value).replace(/[·•・.]/g, '');
    return !text || text.length === 7 || text.length === 8 ? '' : input.dataset.odd;
  };
  const celsius = function (typed) {   // 365 is 36.5, as the server reads it
    const text = plain(typed).replace(/[,。]/, '.'), number = Number(text);
    return number >= 100 && text.indexOf('.') < 0 ? number / 10 : number;
  };
  const temperatureFault = function (input) {
    return !input.value.trim() || (celsius(input.value) >= 34 && celsius(input.value) <= 43) ? '' : input.dataset.wrong;
  };
  const watch = function (id, check) {
    const input = byId(id);
    if (!input) return;
    const show = function () {
      const fault = check(input);
      byId(id + '-fault').textContent = fault;
      input.setAttribute('aria-invalid', fault && check !== plateFault ? 'true' : 'false');
    };
    input.addEventListener('change', show);
    input.addEventListener('input', function () { if (byId(id + '-fault').textContent) show(); });
    if (id === 'number') byId('type').addEventListener('change', show);
  };

  // Who passes, and what the button says.

  const passing = function () {
    const people = [];
    each('#tap [data-name]', function (one) { if (one.checked !== false) people.push(one.dataset); });
    const more = byId('more_name');
    if (more && more.value.trim()) people.push({ name: more.value.trim(), mask: more.value.trim()[0] + '*' });
    return people;
  };
  const nameButtons = function () {
    const people = passing(), plate = plain(byId('plate').value);
    each('#tap .buttons button', function (button) {
      const who = people.length === 1 ? people[0].name : String(people.length);
      const words = people.length ? button.dataset[people.length === 1 && who ? 'one' : 'many'].replace('#', who || '1') : byId('tap').dataset.none;
      if (people.length !== 1 || who) button.textContent = plate && people.length ? plate + ' · ' + words : words;
      button.disabled = !people.length;
    });
  };

  // Taps that wait: in IndexedDB, for that is what a phone keeps longest; where there is none, as long as the page is open.

  const waiting = {
    kept: {},
    open: function () {
      return new Promise(function (resolve, reject) {
        const asked = indexedDB.open('chayan', 1);
        asked.onupgradeneeded = function () { asked.result.createObjectStore('taps', { keyPath: 'key' }); };
        asked.onsuccess = function () { resolve(asked.result); };
        asked.onerror = asked.onblocked = reject;
        setTimeout(reject, 1500);   // some private windows never answer
      });
    },
    run: function (mode, act) {
      return waiting.open().then(function (base) {
        return new Promise(function (resolve, reject) {
          const work = base.transaction('taps', mode), asked = act(work.objectStore('taps'));
          setTimeout(reject, 1500);
          work.oncomplete = function () { base.close(); resolve(asked.result); };
          work.onerror = work.onabort = function () { base.close(); reject(work.error); };
        });
      });
    },
    all: function () {
      const loose = Object.keys(waiting.kept).map(function (key) { return waiting.kept[key]; });
      return waiting.run('readonly', function (store) { return store.getAll(); }).then(function (taps) { return taps.concat(loose); }, function () { return loose; });
    },
    put: function (tap) {
      return waiting.run('readwrite', function (store) { return store.put(tap); }).catch(function () { waiting.kept[tap.key] = tap; });
    },
    drop: function (tap) {
      delete waiting.kept[tap.key];
      return waiting.run('readwrite', function (store) { return store.delete(tap.key); }).catch(function () {});
    },
  };

  const post = function (path, body) {
    return fetch(path, { method: 'POST', credentials: 'same-origin', body: body, headers: typeof body === 'string' ? { 'Content-Type': 'application/json' } : {} });
  };
  const undoAll = function (scans) {
    return Promise.all(scans.map(function (scan) {
      return post('/api/v1/scans/' + scan.id + '/void', '{"reason":"undone before it was sent"}').then(function (answer) { if (answer.status >= 500 || answer.status === 429) throw answer; });
    }));
  };
  // What became of one tap: it is gone, or it says why it was refused. What nobody answered for stays as it is.
  const settle = function (tap, result) {
    if (result.status < 300) {
      return waiting.all().then(function (taps) {   // it may have been undone while it was under way
        const isUndone = tap.undone || taps.some(function (one) { return one.key === tap.key && one.undone; });
        return isUndone ? undoAll(result.scans) : null;
      }).then(function () { return waiting.drop(tap); });
    }
    if (result.status >= 500 || result.status === 429) return null;
    if (tap.undone) return waiting.drop(tap);
    tap.refused = result.detail || String(result.status);
    return waiting.put(tap);
  };
  let sending = null, pause = 5000, timer = 0;
  const holder = function () { return document.body.dataset.holder; };
  const send = function (taps) {
    return setTimes(taps).then(function () {
      return post('/api/v1/scans/batch', JSON.stringify({ scans: taps.map(function (tap) { return tap.scan; }), holder: holder() }));
    }).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429 || answer.status === 409) throw answer;   // 409: whose phone it is has changed in another tab
      return answer.json().then(function (told) {
        return Promise.all(taps.map(function (tap, i) { return settle(tap, told.results ? told.results[i] : told); }));
      });
    });
  };
  // Sends what waits and is of the credential that this browser has now; again later while something is left. Never twice at once.
  const flush = function () {
    clearTimeout(timer);
    if (sending) return sending;
    let before = 0;
    sending = waiting.all().then(function (taps) {
      const own = taps.filter(function (tap) { return tap.holder === holder() && !tap.refused; }).slice(0, 100);
      before = own.filter(function (tap) { return !tap.undone; }).length;
      return own.length && holder() ? send(own) : null;
    }).catch(function () {}).then(waiting.all).then(function (left) {
      sending = null;
      tell(left);
      if (before && !left.length && byId('unsent')) {   // what was promised has come true
        line(byId('unsent'), 'p', byId('unsent').dataset.sent.replace('#', before));
        setTimeout(function () { waiting.all().then(tell); }, 5000);
      }
      const goesOn = left.some(function (tap) { return tap.holder === holder() && !tap.refused; });
      pause = goesOn ? Math.min(pause * 1.5, 60000) : 5000;
      if (goesOn) timer = setTimeout(flush, pause);
      return left;
    });
    return sending;
  };
  const line = function (parent, name, text) {
    const made = parent.appendChild(document.createElement(name));
    made.textContent = text;
    return made;
  };
  const tell = function (taps) {
    const box = byId('unsent');
    if (!box) return;
    box.textContent = '';
    const open = taps.filter(function (tap) { return !tap.refused && !tap.undone; });
    const own = open.filter(function (tap) { return tap.holder === holder(); }).length;
    if (own) line(box, 'p', box.dataset.waiting.replace('#', own));
    if (open.length > own) line(box, 'p', box.dataset.other.replace('#', open.length - own));
    taps.filter(function (tap) { return tap.refused; }).forEach(function (tap) {
      line(box, 'p', [tap.when, tap.site, box.dataset.refused, tap.refused].join(' '));
      const button = line(box, 'button', box.dataset.ok);
      button.type = 'button';
      button.onclick = function () { waiting.drop(tap).then(flush); };
    });
  };

  // Forms. The answer to each is a page of ours, or it never came.

  let busy = false;
  const turn = function (next) {
    document.title = next.title;
    document.body.parentNode.replaceChild(document.adoptNode(next.body), document.body);
    begin();
    arrive();
  };
  // Where the page has turned, reading goes on at its heading.
  const arrive = function () {
    const heading = document.querySelector('[aria-invalid=true]') || document.querySelector('[role=alert]') || document.querySelector('h1');
    if (!heading.matches('input')) heading.tabIndex = -1;
    heading.focus();
    window.scrollTo(0, 0);
    if (byId('result') && document.documentElement.classList.contains('large')) readAloud();
  };
  const ask = function (form, data) {
    return post(form.action, new URLSearchParams(data)).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429) throw answer;
      return answer.text();
    }).then(function (html) {
      const next = new DOMParser().parseFromString(html, 'text/html');
      if (!next.body || !next.body.dataset.now) throw new Error('not a page of ours');   // some hotel's log-in
      if (history.replaceState) history.replaceState(null, '', form.action);
      return next;
    });
  };
  // The town's time of day, wherever the phone believes to be.
  const clockText = function (ms) {
    const body = document.body.dataset;
    return new Date(ms - body.now * 1000 + body.second * 1000).toISOString().slice(11, 19);
  };

  const submitPlainly = function (form, button) {
    const words = button.textContent;
    button.textContent = form.dataset.busy;
    return ask(form, formData(form, button)).then(turn).catch(function () {
      button.textContent = words;
      let note = form.querySelector('.note');
      if (!note) {
        note = document.createElement('p');
        note.className = 'note';
        note.setAttribute('role', 'alert');
        form.insertBefore(note, form.lastElementChild);
      }
      note.textContent = form.dataset.noNet;
      note.scrollIntoView(false);
    });
  };
  const formData = function (form, button) {
    const data = new FormData(form);
    if (button.name) data.append(button.name, button.value);
    return data;
  };

  // A tap of somebody who is known: kept first, then sent as the form that it is. Both ways carry the same second, so they are one scan.
  const submitTap = function (form, button) {
    const data = formData(form, button), ms = nowMs(), given = data.get('at'), at = given || rfc3339(ms);
    const dependants = [];
    each('#tap [name^=d]:checked', function (box) { if (/^d\d$/.test(box.name)) dependants.push(box.value); });
    const scan = { code: form.dataset.code, direction: button.value, at: at, self: !form.self || form.self.checked, dependants: dependants };
    if (data.get('plate')) scan.plate = data.get('plate');
    if (data.get('temperature')) scan.temperature = celsius(data.get('temperature'));
    const tap = { key: at + form.dataset.code + button.value, holder: holder(), site: form.dataset.site, when: clockText(ms).slice(0, 5), scan: scan };
    if (!given && isClockOdd()) tap.odd = Date.now();
    const who = passing()[0].mask + (passing().length > 1 ? ' · ' + passing().length : '') + ' · ' + button.dataset.said;
    button.textContent = form.dataset.busy;
    if (scan.plate) remember('plate', scan.plate);
    const kept = waiting.put(tap);
    let shown = false, done = false;
    const showKept = function () {
      if (done || shown) return;
      shown = true;
      kept.then(function () { if (!done) turnKept(tap, who); });
    };
    const patience = setTimeout(showKept, 6000);
    const attempt = function () {
      return setTimes([tap]).then(function () {
        if (!given) data.set('at', tap.scan.at);   // else a screen led here, and its second counts
        return ask(form, data);
      }).then(function (next) {
        clearTimeout(patience);
        if (tap.undone) return flush();
        done = true;
        // Refused after somebody was told that it is kept: it says why until they have read it, on whatever page they see next.
        const refusal = shown && !next.getElementById('result') && next.querySelector('[role=alert]');
        if (refusal) tap.refused = refusal.textContent.trim();
        return kept.then(function () { return refusal ? waiting.put(tap) : waiting.drop(tap); }).then(function () { turn(next); });
      });
    };
    // Later it goes with whatever else waits; when it has gone, the form once more brings the page that says so.
    const later = function () {
      clearTimeout(patience);
      showKept();
      const again = setInterval(function () {
        waiting.all().then(function (taps) {
          const own = taps.filter(function (one) { return one.key === tap.key; })[0];
          if (own && !own.refused) return null;
          clearInterval(again);
          return tap.undone ? null : attempt().catch(function () {});
        });
      }, 1000);
      return flush();
    };
    return attempt().catch(later);
  };
  const turnKept = function (tap, who) {
    const next = document.importNode(byId('kept').content, true);
    each('header, main, .under', function (part) { part.parentNode.removeChild(part); });
    document.body.insertBefore(next, document.body.firstChild);
    byId('kept-site').textContent = tap.site;
    byId('kept-who').textContent = who;
    byId('drop').onclick = function () {
      tap.undone = true;
      waiting.put(tap).then(flush);
      document.querySelector('h1').textContent = byId('drop').dataset.done;
      byId('result').classList.add('stale');
      byId('drop').hidden = true;
    };
    runClock();
    arrive();
  };

  // The result.

  let ticking = 0;
  const runClock = function () {
    clearInterval(ticking);
    const result = byId('result');
    if (!result) return;
    const began = nowMs();
    const tick = function () {
      const passed = Math.max(0, Math.floor((nowMs() - began) / 1000));
      byId('clock').textContent = clockText(nowMs());
      if (passed >= 300 && byId('stale') && !byId('stale').textContent) {   // a page left open does not pass a guard
        result.classList.add('stale');
        byId('stale').textContent = result.dataset.stale;
      }
      const undo = byId('undo');
      if (undo && passed >= Number(undo.dataset.left)) undo.hidden = true;
    };
    ticking = setInterval(tick, 250);
    tick();
  };

  // What the reader likes.

  const remember = function (what, value) { try { localStorage.setItem(what, value); } catch (error) { /* some browsers keep nothing */ } };
  const recall = function (what) { try { return localStorage.getItem(what) || ''; } catch (error) { return ''; } };
  const readAloud = function () {
    if (!window.speechSynthesis) return;
    const words = [];
    each('header, main', function (part) { words.push(part.innerText); });
    const speech = new SpeechSynthesisUtterance(words.join('\n').replace(/＋/g, ''));
    speech.lang = document.documentElement.lang;
    speech.rate = 0.9;
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
  };

  const onSubmit = function (event) {
    const form = event.target, button = form.pressed || form.querySelector('button');
    if (form.method !== 'post' || !window.fetch || !window.URLSearchParams || !window.DOMParser) {
      if (busy) event.preventDefault();
      busy = true;
      setTimeout(function () { busy = false; }, 8000);   // it was stopped, or the net is gone
      return;
    }
    event.preventDefault();
    if (busy) return;
    const reading = byId('temperature');
    if (reading && form.contains(reading) && temperatureFault(reading)) {   // what waits for a net must be good
      reading.dispatchEvent(new Event('change'));
      reading.focus();
      return;
    }
    busy = true;
    const isTap = form.id === 'tap' && button.name === 'direction' && !byId('more_name').value.trim();
    (isTap ? submitTap : submitPlainly)(form, button).then(function () { busy = false; }, function () { busy = false; });
  };

  // Everything that hangs on what the page shows now.
  const begin = function () {
    setTime(Number(document.body.dataset.now) * 1000);
    watch('number', idFault);
    watch('more_number', idFault);
    watch('phone', phoneFault);
    watch('plate', plateFault);
    watch('temperature', temperatureFault);
    each('form', function (form) {
      form.addEventListener('submit', onSubmit);
      // Enter would press the first button, and nobody has chosen it: it puts the keyboard away instead.
      form.addEventListener('keydown', function (event) {
        if (event.key !== 'Enter' || form.method !== 'post' || !event.target.matches('input:not([type=checkbox])')) return;
        event.preventDefault();
        event.target.blur();
      });
      form.addEventListener('click', function (event) { if (event.target.matches('button')) form.pressed = event.target; });
    });
    const drive = byId('drive');
    if (drive) {
      drive.addEventListener('toggle', function () {
        byId('plate').value = drive.open ? byId('plate').value || recall('plate') : '';
        if (byId('tap')) nameButtons();
      });
    }
    if (byId('tap')) {
      byId('tap').addEventListener('change', nameButtons);
      byId('tap').addEventListener('input', nameButtons);
      nameButtons();
    }
    const view = byId('view');
    view.onclick = function (event) {
      event.preventDefault();
      const large = document.documentElement.classList.toggle('large'), words = view.textContent;
      document.cookie = '__Host-view=' + (large ? 'large' : 'normal') + '; Path=/; Secure; SameSite=Lax; Max-Age=31536000';
      view.textContent = view.dataset.other;
      view.dataset.other = words;
    };
    if (window.speechSynthesis) {
      byId('read').hidden = false;
      byId('read').onclick = readAloud;
    }
    runClock();
    flush();
  };

  window.addEventListener('pageshow', function () { busy = false; });
  window.addEventListener('online', function () { pause = 5000; flush(); });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) flush(); });
  begin();
})();
