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

async function readSlow(token, signal) {
  for (const [zone, view] of views) {
    const at = `parent=${encodeURIComponent(zone)}`;
    const [days, operators, agents] = await Promise.all(
      ['days', 'operators', 'agents'].map(
        what => read(`/api/v1/statistics/${what}?${at}`, token, signal)));
    if (signal.aborted) return;
    view.showSlow({ days, operators, agents });
  }
}

// Asks for the slow parts once something has happened, but not at every event.
class SlowParts {
  constructor(token, signal) {
    Object.assign(this, { token, signal });
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
    await readSlow(this.token, this.signal);
    // Unless something has happened meanwhile, or the stream has ended.
    if (this.timer === before) this.want(SLOW_INTERVAL_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

let heardAt = null;  // the last word of the server

function opened() {
  entry.hidden = true;
  trouble.textContent = '';
}

function giveUp(detail) {
  sessionStorage.removeItem('token');
  entry.hidden = false;
  trouble.textContent = detail;
  field.focus();
}

function sayTrouble(refusal) {
  const since = heardAt === null ? ''
    : ` What is shown is as of ${heardAt.toISOString().slice(11, 19)}.`;
  const what = refusal === null ? 'The connection is lost.' : refusal.detail;
  trouble.textContent = `${what}${since} Trying again.`;
}

// Until the token is refused, or somebody types another one.
async function run(token, signal) {
  sessionStorage.setItem('token', token);
  while (!signal.aborted) {
    const slow = new SlowParts(token, signal);
    let refusal = null;
    try {
      refusal = await follow(token, signal, {
        onOpen: opened,
        onHeard: () => { heardAt = new Date(); },
        onStatistics: statistics => {
          show(statistics);
          slow.want();
        },
      });
    } catch {
      // The server has gone or is silent, or the network is: as if the stream had ended.
    }
    slow.stop();
    if (signal.aborted) return;
    if (refusal?.isFinal) {
      giveUp(refusal.detail);
      return;
    }
    sayTrouble(refusal);
    const wait = refusal?.waitMs || RETRY_MS;
    await new Promise(resolve => { setTimeout(resolve, wait); });
  }
}

let current = null;  // what ends the run that is under way
function start(token) {
  current?.abort();
  current = new AbortController();
  run(token, current.signal);
}

entry.addEventListener('submit', event => {
  event.preventDefault();
  start(field.value.trim());
  field.value = '';
});

const kept = sessionStorage.getItem('token');
if (kept !== null) start(kept);
