/** The page that a browser is shown while a run goes on, in a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { serveLive } from '../../src/sim/live/live-server.ts';
import { renderLivePage } from '../../src/sim/page/html/live-page.ts';
import { pageScript } from '../support/bundled-page-script.ts';
import { startChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

it('knows that the run is over also when it had drawn the last report before', async () => {
  const shell = renderLivePage('watched', pageScript('live'));
  const live = await serveLive({ shell, report: () => Promise.resolve('<p>the finished report') });
  const page = await browser.newPage();
  // A busy machine draws slowly: only the test as a whole has a limit.
  page.setDefaultTimeout(0);
  onTestFinished(() => page.close());
  await page.goto(live.url);
  const last = JSON.stringify({ version: 7, text: 'over', title: 'watched: over' });
  live.tell(last);
  await page.waitForSelector('html[data-version="7"]');
  await live.end(last, { graceMs: 60_000, openMs: 60_000 });
  await page.waitForSelector('html[data-over]');
  expect(await page.locator('#news').textContent()).toBe('over');
});
