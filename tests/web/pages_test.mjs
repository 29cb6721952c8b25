// The pages in a browser: without JavaScript, by keyboard, for a screen reader (axe), in light and dark,
// on a phone, and without a request to anybody else. tests/lab/pages_test.py runs it in the lab with
// BASE, the server, NAMES, one name or more of each outcome that the lab has, and WAITING, one that is on hold.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertAccessible, assertNotCutOff, base, eventually, launch, open as openIn, phone,
} from './browser.mjs';

const names = process.env.NAMES.split(' ');
const waiting = process.env.WAITING;
let browser;
let watched;  // the page of a name that waits, open from the first test to the last

before(async () => { browser = await launch(); });
after(() => browser.close());

const open = (path, options) => openIn(browser, path, options);
const json = async path => (await fetch(base + path)).json();

test('a search shows a name that waits, and for how long', async () => {
  watched = await open('/');
  const { page } = watched;
  await page.getByLabel('Domain name').fill(waiting);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/domain/${waiting}`);
  await page.evaluate(() => {
    globalThis.sameDocument = true;
    globalThis.bar = document.querySelector('progress');
    getSelection().selectAllChildren(document.querySelector('[aria-labelledby="hold"]'));
  });
  assert.match(await page.locator('.standing').textContent(), /wait/);
  assert.equal(await page.getByRole('progressbar').count(), 1);
  assert.match(await page.getByText('Delegation', { exact: true }).locator('..').textContent(),
               /unsigned/);
});

test('a page that cannot be renewed says so, and why', async () => {
  const { page, end } = await open(`/domain/${names[0]}`);
  await page.route('**/domain/*', route => route.fulfill({ status: 503 }));
  await page.getByText(/^The server answers with 503\. What is shown is as of .* UTC\.$/).waitFor();
  await page.unroute('**/domain/*');
  await page.getByText(/What is shown is as of/).waitFor({ state: 'detached' });
  await end();
});

test('a name is found without JavaScript', async () => {
  const { page, faults, end } = await open('/', { javaScriptEnabled: false });
  await page.getByLabel('Domain name').fill(names[0].toUpperCase().slice(0, -1));
  await page.getByRole('button', { name: 'Look up' }).click();
  assert.equal(new URL(page.url()).pathname, `/domain/${names[0]}`);
  assert.equal(await page.locator('h1').textContent(), names[0]);
  assert.ok(await page.getByText('All times are UTC.').isVisible());
  assert.deepEqual(faults, []);
  await end();
});

test('a name is found by keyboard alone', async () => {
  const { page, end } = await open('/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent),
               'Skip to the content');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
  await page.keyboard.type(names[0]);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${base}/domain/${names[0]}`);
  await end();
});

test('a check is queued by its button', async () => {
  const { page, faults, end } = await open(`/domain/${names.at(-1)}`);
  await page.getByRole('button', { name: 'Check now' }).click();
  assert.match(await page.locator('.notice').textContent(), /The check is queued/);
  assert.deepEqual(faults, []);
  await end();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing serious, in ${colorScheme}`, async () => {
    for (const path of ['/', '/?name=kid.other', ...names.map(name => `/domain/${name}`)]) {
      const { page, faults, end } = await open(path, { colorScheme });
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground === 'rgb(255, 255, 255)', colorScheme === 'light', ground);
      await assertAccessible(page, path);
      assert.deepEqual(faults.filter(fault => !fault.includes('404')), [], path);
      await end();
    }
  });
}

test('time that passes is shown and not announced', async () => {
  const { page } = watched;
  const value = () => page.evaluate(() => Number(document.querySelector('progress').value));
  const before = await value();
  await eventually('the waiting period goes on', async () => await value() > before);
  assert.ok(await page.evaluate(() => document.querySelector('progress') === globalThis.bar));
  assert.match(await page.evaluate(() => getSelection().toString()), /^Waiting period/);
  assert.equal(await page.getByRole('status').textContent(), '');
});

test('nothing is cut off at the width of a phone', async () => {
  for (const path of ['/', ...names.map(name => `/domain/${name}`)]) {
    const { page, end } = await open(path, phone);
    await assertNotCutOff(page, path);
    await end();
  }
});

// All that a page says, by what the JSON calls it.
const said = page => page.evaluate(() => {
  const text = node => node?.textContent ?? null;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const facts = Object.fromEntries(all('.facts div').map(
      div => [text(div.querySelector('dt')), text(div.querySelector('dd'))]));
  const [now, wanted] = all('[aria-labelledby="ds"] .sides > div')
      .map(side => all('code', side).map(text));
  return {
    standing: text(document.querySelector('.standing')), facts, now, wanted,
    hold: all('[aria-labelledby="hold"] time').map(text),
    findings: all('.findings > li').map(item => text(item.querySelector('p')).replace(/^\w+ /, '')),
    advice: all('.findings > li b').map(one => one.nextSibling.data),
    log: all('.log li').map(text),
    chain: all('[aria-labelledby="chain"] tbody tr').map(row => all('td', row).map(text)),
  };
});

function expected(domain) {
  const value = domain.case;
  const facts = { 'Parent zone': domain.parent, Policy: domain.policy, Delegation: domain.delegation,
                  'Parent zone read': domain.parent_read_at, Status: value.outcome };
  if (value.request !== 'none') {
    facts['First seen valid'] = value.first_valid_at ?? 'never';
    facts['Last seen valid'] = value.last_valid_at ?? 'never';
  }
  const findings = [...value.findings, ...value.csync?.findings ?? []];
  const adviceOf = code => domain.advice.find(one => one.code === code)?.text;
  return {
    standing: domain.standing, facts, now: value.delegation.ds,
    wanted: ['accept', 'hold'].includes(value.outcome) ? value.ds : [],
    hold: domain.hold === null ? [] : [domain.hold.since, domain.hold.until],
    findings: findings.map(one => one.text).sort(),
    advice: findings.map(one => adviceOf(one.code)).filter(text => text !== undefined).sort(),
    log: domain.log.map(one => `${one.at} ${one.summary}`),
    chain: (domain.chain?.servers ?? []).map(
        server => server.links.map(link => `${link.text} (${link.state})`)),
  };
}

// Names move on while they are looked at: what was the same before and after must be on the page.
test('the page says what the JSON says', async () => {
  for (const name of names) {
    const { page, end } = await open(`/domain/${name}`, { javaScriptEnabled: true });
    const still = async () => {
      const domain = await json(`/api/v1/domains/${name}`);
      if (domain.hold !== null) delete domain.hold.seconds_left;
      return domain;
    };
    let [before, after, shown] = [null, await still(), null];
    for (let turn = 0; turn < 20 && JSON.stringify(before) !== JSON.stringify(after); ++turn) {
      before = after;
      await page.reload();
      shown = await said(page);
      after = await still();
    }
    assert.deepEqual(before, after, `${name} never stood still`);
    const wanted = expected(after);
    for (const [fact, words] of Object.entries(wanted.facts)) assert.equal(shown.facts[fact], words, name);
    assert.equal('First seen valid' in shown.facts, after.case.request !== 'none', name);
    shown.findings.sort();
    shown.advice.sort();
    delete shown.facts;
    delete wanted.facts;
    assert.deepEqual(shown, wanted, name);
    await end();
  }
});

test('what a stranger types is shown and does nothing', async () => {
  for (const typed of ['<script>alert(1)</script>.example', '"><img src=x onerror=alert(1)>.example',
                       'v=spf1 include:x ~all.example', "';alert(1)//.example"]) {
    for (const path of [`/domain/${encodeURIComponent(typed)}`, `/?name=${encodeURIComponent(typed)}`]) {
      const { page, faults, end } = await open(path);
      assert.equal(await page.locator('main img, main script').count(), 0, path);
      assert.deepEqual(faults.filter(fault => !fault.includes('404')), [], path);
      await end();
    }
  }
});

// Its name, its servers and what they said are a stranger's; no lab has such names, a made-up store has.
test('a hostile name does nothing on its own page', async () => {
  const origin = process.env.MADE_UP;
  const staff = { headers: { Authorization: `Bearer ${process.env.TOKEN}` } };
  const list = await (await fetch(`${origin}/api/v1/cases?finding=record-malformed`, staff)).json();
  assert.ok(list.cases.some(one => one.child.includes('<img')), JSON.stringify(list));
  for (const { child } of list.cases) {
    const { page, faults, end } = await openIn(
        browser, `/domain/${encodeURIComponent(child)}`, {}, origin);
    assert.equal(await page.locator('h1').textContent(), child);
    const text = await page.locator('main').textContent();
    assert.ok(text.includes('<script>alert(2)</script>') && text.includes('v=spf1 "'), text);
    assert.equal(await page.locator('main img, main script, main iframe').count(), 0);
    assert.deepEqual(faults, []);
    await end();
  }
});

test('the picture of the chain says in words what it shows in colours', async () => {
  let pictures = 0;
  for (const name of names) {
    const { page, end } = await open(`/domain/${name}`);
    const picture = page.locator('svg.chain');
    if (await picture.count() > 0) {
      ++pictures;
      const described = await picture.locator('desc').textContent();
      assert.match(described, /^The parent has .* \((good|none|bad)\)\./);
      assert.equal(await picture.locator('g.link').count(),
                   (described.match(/\((good|none|bad)\)/g) ?? []).length);
      const fills = await picture.locator('g.link rect').evaluateAll(
          boxes => boxes.map(box => getComputedStyle(box).fill));
      assert.ok(fills.every(fill => fill !== 'rgb(0, 0, 0)'), fills.join(' '));
    }
    await end();
  }
  assert.ok(pictures > 0, 'no name had a picture');
});

// As the parent's servers have it: dskeeper has sent and confirmed it meanwhile.
test('the DS set arrives on the page without a reload', async () => {
  const { page, faults, end } = watched;
  await page.locator('.standing.good').waitFor({ timeout: 120000 });
  await eventually('the parent zone was read again', async () => (
    await page.locator('.facts').textContent()).includes('Delegationsecure'));
  assert.ok(await page.evaluate(() => globalThis.sameDocument), 'the page was loaded again');
  assert.equal(await page.getByRole('progressbar').count(), 0);
  assert.ok(await page.locator('.sides > div').first().locator('code').count() > 0);
  assert.match(await page.getByRole('status').textContent(), /^Changed at /);
  const described = await page.locator('svg.chain desc').textContent();
  assert.match(described, /^The parent has DS \d+ \(good\)\./);
  assert.ok(!/no DS leads/.test(described), described);
  assert.deepEqual(faults, []);
  await end();
});
