// The pages in a browser: without JavaScript, by keyboard, for a screen reader (axe), in light and dark,
// on a phone, and without a request to anybody else. tests/lab/pages_test.py runs it in the lab with
// BASE, the server, and NAMES, one name or more of each outcome that the lab has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const base = process.env.BASE;
const names = process.env.NAMES.split(' ');
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
after(() => browser.close());

// A page that notes what should never happen.
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', error => faults.push(String(error)));
  page.on('request', request => {
    if (!request.url().startsWith(base)) faults.push(`a request to ${request.url()}`);
  });
  await page.goto(base + path);
  return { page, faults, end: () => context.close() };
}

async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(one => ['serious', 'critical'].includes(one.impact));
  assert.deepEqual(serious.map(one => `${one.id}: ${one.nodes.map(node => node.html)}`), [], what);
}

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
  for (const name of names) {
    const { page, end } = await open(`/domain/${name}`, { viewport: { width: 360, height: 740 } });
    const [whole, shown] = await page.evaluate(
        () => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(whole <= shown, `${name}: ${whole} > ${shown}`);
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

test('the dashboard is live for who has the token, and for nobody else', async () => {
  const { page, faults, end } = await open('/dashboard');
  await page.getByLabel('Token of staff').fill('not the token at all');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('The token is wrong.').waitFor();
  assert.equal(await page.locator('#zones > *').count(), 0);
  assert.deepEqual(faults.splice(0).filter(fault => !fault.includes('401')), []);
  await page.getByLabel('Token of staff').fill(process.env.TOKEN);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  const bar = page.locator('svg.bar');
  assert.match(await bar.getAttribute('aria-label'), /^Children by outcome: .*\d/);
  assert.match(await bar.locator('title').first().textContent(), /\(\d+\.\d %\)$/);
  await assertAccessible(page, 'the dashboard');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Children by outcome as CSV' }).click()]);
  const csv = readFileSync(await download.path(), 'utf8');
  assert.match(csv, /^outcome,children\r\n/);
  await page.reload();
  await page.getByRole('heading', { name: /^example\. / }).waitFor();
  assert.ok(!await page.getByLabel('Token of staff').isVisible());
  assert.deepEqual(faults, []);
  await end();
});
