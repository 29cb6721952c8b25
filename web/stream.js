// What the server tells staff: the stream of statistics, and what is asked for beside it. The token
// is shown in a header, so that EventSource, which shows none, cannot be used.

async function ask(path, token) {
  return fetch(path, { headers: { Authorization: `Bearer ${token}` } });
}

// The JSON at this address; null where it cannot be had now.
export async function read(path, token) {
  try {
    const response = await ask(path, token);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// Calls for every event, until the stream ends; says why it may not be followed, or null.
export async function follow(token, onOpen, onStatistics) {
  const response = await ask('/api/v1/events', token);
  if (response.status === 401) return 'The token is wrong.';
  if (!response.ok) return (await response.json()).detail;
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return null;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text.slice(0, end).split('\n').filter(line => line.startsWith('data: '));
      text = text.slice(end + 2);
      if (data.length > 0) onStatistics(JSON.parse(data.map(line => line.slice(6)).join('\n')));
    }
  }
}
