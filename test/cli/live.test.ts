/** `sim --live` in a real browser. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { RunResult } from '../../src/sim/result/result.ts';
import { startChromium, startChromiumServer } from '../support/chromium.ts';
import { folderOfTest } from '../support/folder-of-test.ts';
import { RunningProgram } from '../support/programs.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

const scenario = (seconds: number): string => `
seed: 3
content: { generate: { size: 640KiB, chunk_size: 32KiB } }
defaults: { link: { up: ${Math.round(640 / seconds)}KiB/s } }
peers:
  seeder: { holds: all }
  leechers: { count: 4 }
expect: [completed == 100%]
`;

interface LiveRun {
  readonly program: RunningProgram;
  readonly url: string;
  readonly reports: string;
  result(): RunResult;
}

async function start(text: string, ...args: string[]): Promise<LiveRun> {
  const folder = folderOfTest('live-');
  writeFileSync(join(folder, 'watched.yaml'), text);
  const options = ['watched.yaml', '--out', 'reports', ...args];
  const program = new RunningProgram(inject('bundleFolder'), 'sim', options, folder);
  onTestFinished(() => program.destroy());
  const reports = join(folder, 'reports');
  return {
    program,
    url: args.includes('--live') ? (await program.says(/live: (http:\S+)/))[1]! : '',
    reports,
    result: () => JSON.parse(readFileSync(join(reports, 'latest', 'result.json'), 'utf8')) as RunResult,
  };
}

/** The page, and what its console and the pages in it complain of. */
async function open(url: string): Promise<{ readonly page: Page; readonly trouble: readonly string[] }> {
  const page = await browser.newPage();
  // A busy machine takes its time: only the test as a whole has a limit.
  page.setDefaultTimeout(0);
  onTestFinished(() => page.close());
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
  });
  await page.goto(url);
  return { page, trouble };
}

const report = (page: Page) => page.frameLocator('iframe:not(.next)');

const newerThan = (page: Page, version: number) =>
  page.waitForSelector(`html[data-version]:not([data-version="${version}"])`);

describe('sim --live', () => {
  it('shows the run while it goes on, also after a reload, and ends as the finished report', async () => {
    const run = await start(scenario(10), '--live');
    const { page, trouble } = await open(run.url);
    await report(page).getByText('every figure is of the run so far').waitFor();
    const first = Number(await page.locator('html').getAttribute('data-version'));
    await newerThan(page, first);
    await page.reload();
    // Of the run so far or, where that took long, at its end.
    await report(page).locator('.verdict').waitFor();
    await page.waitForSelector('html[data-over]');
    expect(await page.locator('#news').textContent()).toMatch(/^over; the report is .*report\.html$/);
    const { completedPeers, peersToComplete } = (await run.program.ends(), run.result().verdict);
    const headline = await report(page).locator('.verdict').textContent();
    expect(headline).toContain(`${completedPeers} of ${peersToComplete} peers complete and verified`);
    expect(await report(page).locator('figure[data-chart=completion] svg').count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
  });

  it('keeps what the reader has chosen when a newer report comes', async () => {
    const { url } = await start(scenario(8), '--live');
    const { page } = await open(url);
    await report(page).locator('#theme').selectOption('dark');
    const before = Number(await page.locator('html').getAttribute('data-version'));
    await newerThan(page, before);
    expect(await report(page).locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByRole('button', { name: 'Keep this view' }).click();
    expect(await page.getByRole('button', { pressed: true }).textContent()).toBe('Keep this view');
  });

  it('gives the same result in virtual time with a browser that has stopped, and ends', async () => {
    const alone = await start(scenario(100), '--engine', 'virtual');
    expect(await alone.program.ends()).toEqual({ code: 0, signal: null });
    const watched = await start(scenario(100), '--engine', 'virtual', '--live');
    // A reader that takes nothing after the first bytes.
    const stopped = await fetch(`${watched.url}news`);
    expect(stopped.status).toBe(200);
    expect(await watched.program.ends()).toEqual({ code: 0, signal: null });
    const { swarm, peers, verdict } = watched.result();
    expect({ swarm, peers, verdict }).toEqual({
      swarm: alone.result().swarm,
      peers: alone.result().peers,
      verdict: alone.result().verdict,
    });
  });

  it('ends on threads as without a browser when the process of the browser has stopped', async () => {
    const own = await startChromiumServer();
    onTestFinished(() => own.kill());
    const watched = await start(scenario(8), '--live');
    const page = await (await own.connect()).newPage();
    page.setDefaultTimeout(0);
    await page.goto(watched.url);
    await report(page).getByText('every figure is of the run so far').waitFor();
    own.stop();
    expect(await watched.program.ends()).toEqual({ code: 0, signal: null });
    const { verdict, swarm } = watched.result();
    expect(verdict.completedPeers).toBe(5);
    expect(swarm.makespanMs).toBeGreaterThan(swarm.bound.lowerBoundMs!);
    expect(swarm.usefulBytes).toBe(4 * 640 * 1024);
  });

  it('shows the runs of an experiment one after another', async () => {
    const { program, url } = await start(scenario(3), '--live', '--repeat', '2');
    const { page } = await open(url);
    await page.waitForSelector('html[data-over]');
    expect(await page.locator('#news').textContent()).toMatch(/^watched 2\/2: over; the report is/);
    expect(await program.ends()).toEqual({ code: 0, signal: null });
  });
});
