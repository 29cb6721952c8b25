// What the tests in the browser share: Debian's Chromium, pages that note what should never happen,
// and axe. tests/lab/pages_test.py says by BASE where the server is, by TOKEN what staff shows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const base = process.env.BASE;
export const token = process.env.TOKEN;
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export const launch = () => chromium.launch(
  { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

// `faults` has errors, requests to anybody else, and dialogs, which no page of ours opens. `origin` is
// another server of ours.
export async function open(browser, path, options = {}, origin = base) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', error => faults.push(String(error)));
  page.on('dialog', dialog => {
    faults.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', request => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:')) faults.push(`a request to ${url}`);
  });
  await page.goto(origin + path);
  return { page, faults, end: () => context.close() };
}

export async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(one => ['serious', 'critical'].includes(one.impact));
  assert.deepEqual(serious.map(one => `${one.id}: ${one.nodes.map(node => node.html)}`), [], what);
}

export async function assertNotCutOff(page, what) {
  const [whole, shown] = await page.evaluate(
      () => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(whole <= shown, `${what}: ${whole} > ${shown}`);
}

// The policy of the pages forbids what Playwright's own waiting for a function needs.
export async function eventually(words, holds, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; !await holds();) {
    assert.ok(Date.now() < end, `not true after ${seconds} s: ${words}`);
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
}

export const phone = { viewport: { width: 360, height: 740 } };
