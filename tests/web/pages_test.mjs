// The pages in a browser: without JavaScript, by keyboard, for a screen reader (axe), in light and dark,
// on a phone, and without a request to anybody else. tests/lab/pages_test.py runs it in the lab with
// BASE, the server, NAMES, one name or more of each outcome that the lab has, and WAITING, one that is on hold.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertNotCutOff, base, launch, open as openIn, phone } from './browser.mjs';

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
  await page.evaluate(() => { globalThis.sameDocument = true; });
  assert.match(await page.locator('.standing').textContent(), /wait/);
  assert.equal(await page.getByRole('progressbar').count(), 1);
  assert.match(await page.getByText('Delegation', { exact: true }).locator('..').textContent(),
               /unsigned/);
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
  assert.match(await page.getByRole('status').textContent(), /The check is queued/);
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

test('nothing is cut off at the width of a phone', async () => {
  for (const path of ['/', ...names.map(name => `/domain/${name}`)]) {
    const { page, end } = await open(path, phone);
    await assertNotCutOff(page, path);
    await end();
  }
});

test('the page says what the JSON says', async () => {
  for (const name of names) {
    const { page, end } = await open(`/domain/${name}`);
    const before = await json(`/api/v1/domains/${name}`);
    await page.reload();
    const after = await json(`/api/v1/domains/${name}`);
    if (before.case.outcome === after.case.outcome && before.standing === after.standing) {
      assert.equal(await page.locator('.standing').textContent(), after.standing, name);
      const facts = await page.locator('.facts').textContent();
      assert.ok(facts.includes(`Status${after.case.outcome}`), `${name}: ${facts}`);
      assert.ok(facts.includes(`Delegation${after.delegation}`), `${name}: ${facts}`);
      assert.equal(await page.locator('.findings > li').count(), after.case.findings.length, name);
      const now = await page.locator('.sides > div').first().locator('code').allTextContents();
      assert.deepEqual(now, after.case.delegation.ds, name);
    }
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
  await page.waitForFunction(() => document.querySelector('.facts').textContent
    .includes('Delegationsecure'), null, { timeout: 60000 });
  assert.ok(await page.evaluate(() => globalThis.sameDocument), 'the page was loaded again');
  assert.equal(await page.getByRole('progressbar').count(), 0);
  assert.ok(await page.locator('.sides > div').first().locator('code').count() > 0);
  assert.match(await page.getByRole('status').textContent(), /^What is shown has changed at /);
  assert.deepEqual(faults, []);
  await end();
});
