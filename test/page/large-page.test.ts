/** Pages of large swarms: as small as promised, by showing a part and saying so. Their events are made up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { madeUpRun } from '../../bench/page/made-up-run.ts';
import { testEnvironment } from '../../src/sim/measure/fixture.ts';
import { Measurement } from '../../src/sim/measure/measure.ts';
import { StoryFold } from '../../src/sim/page/data/story-fold.ts';
import { renderRunPage } from '../../src/sim/page/html/run-page.ts';
import { pageScript } from '../../src/sim/page/page-script.ts';
import { openFile, startChromium } from '../support/chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'large-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

function pageOf(peers: number, chunks: number): string {
  const { plan, record, events } = madeUpRun({ peers, chunks });
  const story = new StoryFold(plan);
  const measurement = new Measurement(plan);
  for (const event of events) {
    story.see(event);
    measurement.see(event);
  }
  return renderRunPage(story.story(measurement.result(record, testEnvironment)), pageScript('page'));
}

it('of 100 peers with 1,000 chunks is smaller than 2 MB, and has every transfer', () => {
  const page = pageOf(100, 1000);
  expect(Buffer.byteLength(page)).toBeLessThan(2e6);
  expect(page).toContain('Every transfer is shown.');
});

it('of 10,000 peers is smaller than 8 MB, opens, and says what it leaves out', async () => {
  const page = pageOf(10_000, 20);
  expect(Buffer.byteLength(page)).toBeLessThan(8e6);
  const file = join(folder, 'large.html');
  writeFileSync(file, page);
  const { page: opened, trouble } = await openFile(browser, file);
  expect(trouble).toEqual([]);
  const told = async (chart: string): Promise<string> =>
    opened.locator(`figure[data-chart="${chart}"] figcaption p`).innerText();
  expect(await told('replay')).toContain('200 peers of 10,000, evenly chosen');
  expect(await told('lanes')).toContain('Shown are 120 peers');
  expect(await told('shares')).toContain('Shown are 150 of 10,000 peers');
  expect(await told('completion')).toContain('9,999 of 9,999 peers that had something to get completed');
  expect(await opened.locator('figure[data-chart="flows"] .flows rect').count()).toBeGreaterThan(8);
  await opened.close();
});
