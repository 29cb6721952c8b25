// What the server tells staff: the stream of statistics, and what is asked for beside it. The token
// is shown in a header, so that EventSource, which shows none, cannot be used.

// The server says something every two seconds, if only a comment.
const SILENCE_MS = 10000;
// The token or our own name is wrong: to try again would help nobody.
const FINAL = [401, 421];

function ask(path, token, signal) {
  return fetch(path, { headers: { Authorization: `Bearer ${token}` }, signal });
}

// The JSON at this address; null where it cannot be had now.
export async function read(path, token, signal) {
  try {
    const response = await ask(path, token, signal);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// Why the stream may not be followed: for good, or for so long.
async function refusalOf(response) {
  const seconds = Number(response.headers.get('Retry-After'));
  let detail = `The server says ${response.status}.`;
  try {
    detail = response.status === 401 ? 'The token is wrong.' : (await response.json()).detail ?? detail;
  } catch {
    // A proxy may have answered in its own words.
  }
  return { detail, isFinal: FINAL.includes(response.status), waitMs: seconds > 0 ? seconds * 1000 : 0 };
}

// Ends what it watches where nothing is heard for long, or where it is told to.
class Watchdog {
  constructor(signal) {
    this.controller = new AbortController();
    signal.addEventListener('abort', () => this.controller.abort(), { once: true });
    this.heard();
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), SILENCE_MS);
  }

  end() {
    clearTimeout(this.timer);
    this.controller.abort();
  }
}

// Calls for every event, until the stream ends or falls silent; gives the refusal, or null. `signal`
// ends it at once.
export async function follow(token, signal, { onOpen, onHeard, onStatistics }) {
  const watchdog = new Watchdog(signal);
  try {
    const response = await ask('/api/v1/events', token, watchdog.controller.signal);
    if (!response.ok) return await refusalOf(response);
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ;) {
      const { value, done } = await reader.read();
      if (done) return null;
      watchdog.heard();
      onHeard();
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = text.slice(0, end).split('\n').filter(line => line.startsWith('data: '));
        text = text.slice(end + 2);
        if (data.length > 0) onStatistics(JSON.parse(data.map(line => line.slice(6)).join('\n')));
      }
    }
  } finally {
    watchdog.end();
  }
}
