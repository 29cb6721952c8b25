// The dashboard of staff: what /api/v1/events tells, live, and beside it what changes slowly. The
// token stays in this tab.
import { patterns } from './palette.js';
import { follow, read } from './stream.js';
import { ZoneView } from './zone.js';

const zones = document.getElementById('zones');
const trouble = document.getElementById('trouble');
const entry = document.getElementById('entry');
const field = document.getElementById('token');

const RETRY_MS = 3000;
const SLOW_PAUSE_MS = 10000;  // between two times that the slow parts are asked for
const SLOW_INTERVAL_MS = 60000;  // and at least so often

const views = new Map();

function show(statistics) {
  const names = statistics.parents.map(zone => zone.zone);
  if ([...views.keys()].join() !== names.join()) {
    views.clear();
    for (const zone of statistics.parents) views.set(zone.zone, new ZoneView(zone));
    zones.replaceChildren(patterns(), ...[...views.values()].map(view => view.element));
  }
  for (const zone of statistics.parents) {
    views.get(zone.zone).showStatistics(zone, statistics.notify);
  }
}

async function readSlow(token) {
  for (const [zone, view] of views) {
    const at = `parent=${encodeURIComponent(zone)}`;
    const [days, operators, agents] = await Promise.all(
      ['days', 'operators', 'agents'].map(what => read(`/api/v1/statistics/${what}?${at}`, token)));
    view.showSlow({ days, operators, agents });
  }
}

// Asks for the slow parts once something has happened, but not at every event.
class SlowParts {
  constructor(token) {
    this.token = token;
    this.timer = null;
    this.askedAt = -Infinity;
  }

  want(pause = SLOW_PAUSE_MS) {
    const wait = Math.max(this.askedAt + pause - performance.now(), 0);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.askedAt = performance.now();
    const before = this.timer;
    await readSlow(this.token);
    // Unless something has happened meanwhile, or the stream has ended.
    if (this.timer === before) this.want(SLOW_INTERVAL_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

function opened(token) {
  sessionStorage.setItem('token', token);
  entry.hidden = true;
  trouble.textContent = '';
}

async function run(token) {
  for (;;) {
    const slow = new SlowParts(token);
    let refusal = null;
    try {
      refusal = await follow(token, () => opened(token), statistics => {
        show(statistics);
        slow.want();
      });
    } catch {
      // The server has gone, or the network has: as if the stream had ended.
    }
    slow.stop();
    if (refusal !== null) {
      sessionStorage.removeItem('token');
      entry.hidden = false;
      trouble.textContent = refusal;
      field.focus();
      return;
    }
    trouble.textContent = 'The connection is lost; what is shown is as it was. Trying again.';
    await new Promise(resolve => { setTimeout(resolve, RETRY_MS); });
  }
}

entry.addEventListener('submit', event => {
  event.preventDefault();
  run(field.value.trim());
  field.value = '';
});

const kept = sessionStorage.getItem('token');
if (kept !== null) run(kept);
