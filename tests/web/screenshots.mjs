// Pictures of pages, in light, in dark and as wide as a phone. scripts/screenshots runs it:
// node screenshots.mjs FOLDER NAME=PATH…; BASE and TOKEN as for the tests.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base, launch, open, token } from './browser.mjs';
import { withPalette } from './png.mjs';

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

// Once all plots stand, and with one of them telling of itself.
async function enter(page, look) {
  await page.getByLabel('Token of staff').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  for (const name of ['Adoption map', 'Changes by day', 'Operators']) {
    await page.getByRole('group', { name, exact: true }).locator('.mark').first().waitFor();
  }
  if (look !== 'phone') await page.getByRole('group', { name: 'Adoption map' }).locator('.mark').nth(4).hover();
}

const [folder, ...wanted] = process.argv.slice(2);
const browser = await launch();
for (const entry of wanted) {
  const [name, path] = entry.split(/=(.*)/s);
  for (const [look, options] of Object.entries(LOOKS)) {
    const { page, faults, end } = await open(browser, path, options);
    if (path === '/dashboard') await enter(page, look);
    assert.deepEqual(faults, [], `${base}${path}`);
    writeFileSync(join(folder, `${name}-${look}.png`), withPalette(await page.screenshot({ fullPage: true })));
    await end();
  }
}
await browser.close();
