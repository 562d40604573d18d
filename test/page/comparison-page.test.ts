/** The page of a comparison in a real browser, from disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { openFile, startChromium } from '../support/chromium.ts';
import { RunningProgram } from '../support/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'comparison-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function run(program: string, ...args: string[]): Promise<string> {
  const running = new RunningProgram(inject('bundleFolder'), program, args, folder);
  onTestFinished(() => running.destroy());
  expect(await running.ends(), running.output).toEqual({ code: 0, signal: null });
  return running.output;
}

const scenario = `
engine: virtual
content: { generate: { size: 1MiB, chunk_size: 32KiB } }
defaults: { link: { up: 4Mbit/s } }
peers: { seeder: { holds: all }, leechers: { count: 6 } }
repeat: 3
`;

describe('the page of a comparison', () => {
  it('has the completion of every run of both sides on one chart, and each figure with its verdict', async () => {
    writeFileSync(join(folder, 'swarm.yaml'), scenario);
    for (const up of ['4Mbit/s', '2Mbit/s']) {
      await run('sim', 'swarm.yaml', '--set', `defaults.link.up=${up}`, '--quiet', '--out', up.slice(0, 1));
    }
    const printed = await run('compare', '4/latest', '2/latest', '--html', 'page.html');
    const { page, trouble } = await openFile(browser, join(folder, 'page.html'));
    const chart = page.locator('figure[data-chart=completion-0]');
    expect(await chart.locator('.curve path').count()).toBe(6);
    await chart.locator('summary').click();
    await chart.locator('tbody tr').nth(5).waitFor();
    expect(await chart.locator('tbody tr').count()).toBe(6);
    expect(await page.locator('h2').allTextContents()).toEqual(['Completion', 'B beside A']);
    const [key, others] = await page.locator('section[aria-labelledby=figures-0] table').all();
    const makespan = key!.getByRole('row', { name: /^makespan/ });
    expect(await makespan.textContent()).toMatch(/slower\s*worse$/);
    const throughput = others!.getByRole('row', { name: /^throughput/ });
    expect(await throughput.textContent()).toMatch(/(lower|no difference shown)$/);
    // Half the rate is worse in key figures, and better in none.
    expect(await page.locator('.verdict').getAttribute('class')).toBe('verdict fail');
    expect(await page.locator('.verdict > span').innerText()).toMatch(
      /^B beside A, of \d+ key figures: worse in/,
    );
    expect(await page.locator('.verdict li').first().innerText()).toMatch(/^Of \d+ others: /);
    expect(await page.locator('.verdict').innerText()).toMatch(/peers\.link\.up: 4\sMbit\/s → 2\sMbit\/s/);
    expect(printed).toMatch(/worse in \d+ \(makespan/);
    expect(trouble).toEqual([]);
    await page.close();
  });
});
