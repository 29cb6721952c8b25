// The dashboard of staff in a browser: live, by mouse, keyboard and screen reader, in light and dark, on
// a phone; each plot against its table and the API. tests/lab/pages_test.py runs it in the lab.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import { assertAccessible, assertNotCutOff, base, launch, open as openIn, phone, token }
  from './browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const api = async path => (await fetch(base + path, { headers: { Authorization: `Bearer ${token}` } }))
  .json();

// As staff, once the plots are there. `answers` takes the place of what the server says.
async function open(options = {}, answers = {}) {
  const opened = await openIn(browser, '/dashboard', options);
  const { page } = opened;
  for (const [path, value] of Object.entries(answers)) {
    await page.route(`**/api/v1/statistics/${path}?*`, route => route.fulfill({ json: value }));
  }
  await page.getByLabel('Token of staff').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('group', { name: 'Adoption map' }).locator('.mark').first().waitFor();
  return opened;
}

const plot = (page, name) => page.getByRole('group', { name, exact: true });
const part = (page, name) => page.locator('section.part').filter(
  { has: page.getByRole('heading', { name, exact: true }) });

async function csv(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: `${name} as CSV` }).click()]);
  return readFileSync(await download.path(), 'utf8');
}

async function rowsOf(page, name) {
  const rows = part(page, name).locator('tbody tr');
  return rows.evaluateAll(all => all.map(row => [...row.children].map(cell => cell.textContent)));
}

const day = (date, secure, changes = {}) => (
  { day: date, delegations: 1000, secure, changes, notifies: 0, reports: 0 });
const DAYS = {
  parent: 'example.', since: '2026-09-01', today: '2026-11-29',
  days: [day('2026-11-26', 500, { bootstrap: { confirmed: 30, failed: 1 }, delete: { confirmed: 4 } }),
         day('2026-11-27', 530), day('2026-11-29', 600, { 'name-servers': { queued: 2 } })],
};
const share = (operator, delegations, secure, asking = 0, broken = 0) => (
  { operator, delegations, secure, asking, broken });
const sums = (operators, delegations, secure) => (
  { operators, delegations, secure, asking: 7, broken: 3 });

test('it has data for who has the token, and for nobody else', async () => {
  const { page, faults, end } = await openIn(browser, '/dashboard');
  await page.getByLabel('Token of staff').fill('not the token at all');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('The token is wrong.').waitFor();
  assert.equal(await page.locator('#zones > *').count(), 0);
  assert.deepEqual(faults.splice(0).filter(fault => !fault.includes('401')), []);
  await page.getByLabel('Token of staff').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  assert.ok(!await page.getByLabel('Token of staff').isVisible());
  assert.deepEqual(faults, []);
  await end();
});

// A proxy that restarts, a store that is written to, a server that says nothing: none of it asks for
// the token again.
test('trouble that passes is waited for', async () => {
  const { page, end } = await openIn(browser, '/dashboard');
  const problem = { status: 503, headers: { 'Retry-After': '1' }, json: { detail: 'Not just now.' } };
  let asked = 0;
  await page.route('**/api/v1/events', route => (++asked === 1 ? route.fulfill(problem) : route.continue()));
  await page.getByLabel('Token of staff').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('Not just now. Trying again.').waitFor();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  assert.equal(asked, 2);
  assert.equal(await page.getByRole('alert').textContent(), '');
  await end();
});

// Hands everything on to the server, but of the first stream of events nothing after its begin.
function proxyThatFallsSilent() {
  const streams = [];
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: new URL(base).host };
    const onward = request(base + asked.url, { method: asked.method, headers }, from => {
      answer.writeHead(from.statusCode, from.headers);
      answer.on('close', () => from.destroy());
      const isFirst = asked.url === '/api/v1/events' && streams.push(answer) === 1;
      if (isFirst) from.once('data', event => answer.write(event));
      else from.pipe(answer);
    });
    asked.pipe(onward);
  });
  return { server, streams };
}

test('a stream that falls silent is begun anew, and no other one', async t => {
  const { server, streams } = proxyThatFallsSilent();
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise(resolve => { server.listen(0, '127.0.0.1', resolve); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  const { page, end } = await openIn(browser, '/dashboard', {}, origin);
  await page.getByLabel('Token of staff').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  assert.equal(streams.length, 1);
  const lost = page.getByText(/^The connection is lost\. What is shown is as of \S+ Trying again\.$/);
  await lost.waitFor();
  await lost.waitFor({ state: 'hidden' });
  const SILENCE_MS = 10000;  // of web/stream.js: the second stream speaks, and outlives it
  await new Promise(resolve => { setTimeout(resolve, SILENCE_MS + 2000); });
  assert.equal(streams.length, 2);
  await end();
});

test('a token that is typed twice is followed once', async () => {
  const { page, end } = await openIn(browser, '/dashboard');
  const problem = { status: 429, headers: { 'Retry-After': '2' }, json: { detail: 'Too many.' } };
  let opened = 0;
  page.on('response', response => {
    if (response.url().endsWith('/api/v1/events') && response.ok()) ++opened;
  });
  await page.route('**/api/v1/events', route => route.fulfill(problem));
  for (const time of [1, 2]) {
    await page.getByLabel('Token of staff').fill(token);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Too many. Trying again.').waitFor({ timeout: 10000 * time });
  }
  await page.unroute('**/api/v1/events');
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  await new Promise(resolve => { setTimeout(resolve, 3000); });  // the other one would have begun too
  assert.equal(opened, 1);
  await end();
});

test('the tiles of the map are the operators of the table and of the API', async () => {
  const { page, faults, end } = await open();
  const { operators, zone } = await api('/api/v1/statistics/operators');
  const tiles = await plot(page, 'Adoption map').locator('.mark').evaluateAll(
    all => all.map(tile => tile.getAttribute('aria-label')));
  const rows = await rowsOf(page, 'Adoption map');
  assert.equal(tiles.length, rows.length);
  assert.deepEqual(rows.map(([name]) => name),
                   operators.map(one => one.operator ?? 'no operator can be told'));
  for (const [name, delegations, secure] of rows) {
    const told = tiles.find(tile => tile.startsWith(`${name}; ${delegations} delegation`));
    assert.ok(told?.includes(`; ${secure} secure (`), `${name}: ${tiles.join(' | ')}`);
  }
  const areas = await plot(page, 'Adoption map').locator('.mark > rect').evaluateAll(
    all => all.map(box => box.getAttribute('width') * box.getAttribute('height')));
  const whole = areas.reduce((sum, area) => sum + area, 0);
  areas.forEach((area, at) => {
    const expected = operators[at].delegations / zone.delegations;
    assert.ok(Math.abs(area / whole - expected) < 0.001, `${tiles[at]}: ${area / whole}`);
  });
  assert.deepEqual(faults, []);
  await end();
});

test('a tile tells of itself under the mouse', async () => {
  const { page, end } = await open();
  const map = plot(page, 'Adoption map');
  assert.equal(await map.locator('.tip').count(), 0);
  const tile = map.locator('.mark').first();
  await tile.hover();
  const lines = await map.locator('.tip text').allTextContents();
  assert.equal(lines.join('; '), await tile.getAttribute('aria-label'));
  await page.mouse.move(2, 2);
  await map.locator('.tip').waitFor({ state: 'detached' });
  await end();
});

test('a plot is one stop of the keyboard, and the arrows go from mark to mark', async () => {
  const { page, end } = await open();
  const map = plot(page, 'Adoption map');
  assert.equal(await map.locator('.mark[tabindex="0"]').count(), 1);
  const labels = await map.locator('.mark').evaluateAll(
    all => all.map(tile => tile.getAttribute('aria-label')));
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  const tip = async () => (await map.locator('.tip text').allTextContents()).join('; ');
  await map.locator('.mark').first().focus();
  for (const [key, at] of [['ArrowRight', 1], ['ArrowLeft', 0], ['End', labels.length - 1],
                           ['ArrowDown', labels.length - 1], ['Home', 0]]) {
    await page.keyboard.press(key);
    assert.equal(await focused(), labels[at], key);
    assert.equal(await tip(), labels[at], key);
  }
  await page.keyboard.press('Escape');
  assert.equal(await map.locator('.tip').count(), 0);
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.closest('svg') === null));
  await end();
});

test('every table is a CSV file with the same rows', async () => {
  const { page, end } = await open();
  for (const name of ['Children by outcome', 'Top findings', 'What waits', 'Operators', 'Days']) {
    const link = page.getByRole('link', { name: `${name} as CSV` });
    if (await link.count() === 0) continue;  // of findings there may be none
    const lines = (await csv(page, name)).trimEnd().split('\r\n');
    const table = page.getByRole('region', { name, exact: true, includeHidden: true });
    const cells = await table.locator('tr').evaluateAll(rows => rows.map(row => [...row.children]
      .map(cell => cell.textContent.replaceAll(/(?<=\d),(?=\d)/g, '').replace('–', '')).join(',')));
    assert.deepEqual(lines, cells, name);
  }
  await end();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing serious, in ${colorScheme}`, async () => {
    const { page, end } = await open({ colorScheme }, { days: DAYS });
    for (const summary of await page.locator('summary').all()) await summary.click();
    await assertAccessible(page, 'the dashboard');
    await end();
  });
}

// What has the focus keeps it, though the plot is drawn anew.
test('what happens is shown without a reload', async () => {
  const { page, faults, end } = await open();
  const { cases } = await api('/api/v1/cases?outcome=refuse');
  assert.ok(cases.length > 1, 'two names that are refused are needed');
  const act = (word, body) => fetch(`${base}/api/v1/cases/${cases[0].child}/${word}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
  const outcomes = plot(page, 'Children by outcome');
  const suspended = outcomes.locator('.mark[data-key="suspended"]');
  assert.equal(await suspended.count(), 0);
  await outcomes.locator('.mark[data-key="refuse"]').focus();
  assert.equal((await act('suspend', { reason: 'of a test' })).status, 202);
  await suspended.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'refuse');
  assert.ok((await rowsOf(page, 'Children by outcome')).some(
      ([word, count]) => word === 'suspended' && count === '1'));
  assert.equal((await act('resume', {})).status, 202);
  await suspended.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await end();
});

test('nothing is cut off at the width of a phone', async () => {
  const { page, end } = await open(phone, { days: DAYS });
  await assertNotCutOff(page, 'the dashboard');
  await end();
});

test('days are plotted as they are told', async () => {
  const { page, end } = await open({}, { days: DAYS });
  const labels = async name => plot(page, name).locator('.mark').evaluateAll(
    all => all.map(one => one.getAttribute('aria-label')));
  assert.deepEqual(await labels('Adoption over time'), [
    '2026-11-26; 50.0 % secure; 500 of 1,000 delegations',
    '2026-11-27; 53.0 % secure; 530 of 1,000 delegations',
    '2026-11-29; 60.0 % secure; 600 of 1,000 delegations']);
  assert.deepEqual(await labels('Bootstraps against deletes'),
                   ['2026-11-26; 30 bootstraps; 4 deletes']);
  assert.deepEqual(await labels('Changes by day'), [
    '2026-11-26; 31 bootstraps; 4 deletes; 34 confirmed, 1 failed',
    '2026-11-29; 2 name servers and glue; 2 queued']);
  assert.match(await csv(page, 'Days'),
               /\r\n2026-11-26,1000,500,31,0,4,0,0,0,0,34,1,0,0\r\n$/);
  await end();
});

test('what is not known is said, with why', async () => {
  const none = { ...DAYS, days: [] };
  const agents = { parent: 'example.', newest_reports_max: 1000, agents: [] };
  const { page, end } = await open({}, { days: none, agents });
  for (const [name, words] of [['Adoption over time', /has not been counted yet/],
                               ['Changes by day', /No change was queued since 2026-09-01/],
                               ['Bootstraps against deletes', /No bootstrap and no delete/],
                               ['Reports to agents', /No agent was told/]]) {
    assert.match(await part(page, name).locator('.empty:visible').textContent(), words);
  }
  await end();
});

test('operators are ordered by what is chosen', async () => {
  const operators = {
    parent: 'example.', counted_at: '2026-11-29T00:00:00Z', zone: sums(5, 100, 50),
    operators: [share('a.', 50, 0, 1, 0), share('b.', 30, 30, 2, 3), share(null, 10, 10, 4, 0)],
    others: sums(2, 10, 10),
  };
  const { page, end } = await open({}, { operators });
  const shown = () => plot(page, 'Operators').locator('.mark .name').allTextContents();
  assert.deepEqual(await shown(), ['a.', 'b.', 'no operator can be told']);
  await page.getByLabel('asking', { exact: true }).check();
  assert.deepEqual(await shown(), ['no operator can be told', 'b.', 'a.']);
  await page.getByLabel('broken', { exact: true }).check();
  assert.deepEqual(await shown(), ['b.']);
  assert.deepEqual((await rowsOf(page, 'Adoption map')).at(-1),
                   ['2 smaller operators', '10', '10', '100 %', '7', '3']);
  await end();
});

// Names of operators and agents come from strangers' zones.
test('nothing of a name becomes markup, or a formula', async () => {
  const hostile = ['<img src=x onerror=alert(1)>.', '"><script>alert(1)</script>.', '=1+1.example.'];
  const operators = {
    parent: 'example.', counted_at: '2026-11-29T00:00:00Z', zone: sums(3, 100, 50),
    operators: hostile.map((name, at) => share(name, 40 - at * 10, 10)), others: sums(0, 0, 0),
  };
  const agents = { parent: 'example.', newest_reports_max: 1000, agents: hostile.map(
    agent => ({ agent, reports: 1, last_at: '2026-11-29T00:00:00Z' })) };
  const { page, faults, end } = await open({}, { operators, agents });
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.deepEqual((await rowsOf(page, 'Reports to agents')).map(([name]) => name), hostile);
  await plot(page, 'Adoption map').locator('.mark').first().hover();
  assert.equal(await page.locator('.tip .first').textContent(), hostile[0]);
  const lines = (await csv(page, 'Operators')).split('\r\n');
  assert.equal(lines[2], '"""><script>alert(1)</script>.",30,10,33.3 %,0,0');
  assert.equal(lines[3], "'=1+1.example.,20,10,50.0 %,0,0");
  assert.deepEqual(faults, []);
  await end();
});
