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

const swarm = (seconds: number): string => `
seed: 3
content: { generate: { size: 640KiB, chunk_size: 32KiB } }
defaults: { link: { up: ${Math.round(640 / seconds)}KiB/s } }
peers:
  seeder: { holds: all }
  leechers: { count: 4 }
`;

const scenario = (seconds: number): string => `${swarm(seconds)}
expect: [completed == 100%]
`;

/** The run waits for a return that is far away: it goes on for as long as a browser takes on a busy machine. */
const endless = `${swarm(3)}  late: { session: { leave: { after: 30min }, return: { after: 1s } } }
until: sessions
time_limit: 1h
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

const soFar = (page: Page) => report(page).getByText('every figure is of the run so far');

const version = async (page: Page) => Number(await page.locator('html').getAttribute('data-version'));

const newerThan = (page: Page, one: number) =>
  page.waitForSelector(`html[data-version]:not([data-version="${one}"])`);

describe('sim --live', () => {
  it('shows the run while it goes on, keeps what the reader has chosen, survives a reload, and tells the end', async () => {
    const run = await start(endless, '--live');
    const { page, trouble } = await open(run.url);
    await soFar(page).waitFor();
    await report(page).locator('#theme').selectOption('dark');
    await report(page).locator('figure[data-chart=replay] input[type=range]').fill('0');
    await newerThan(page, await version(page));
    expect(await report(page).locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await report(page).locator('figure[data-chart=replay]').getAttribute('data-at-ms')).toBe('0');
    await page.reload();
    await soFar(page).waitFor();
    await page.getByRole('button', { name: 'Keep this view' }).click();
    expect(await page.getByRole('button', { pressed: true }).textContent()).toBe('Keep this view');
    run.program.signal('SIGINT');
    // Who keeps a view sees the last report nevertheless.
    await page.waitForSelector('html[data-over]');
    expect(await page.locator('#news').textContent()).toMatch(/^over; the report is .*report\.html$/);
    expect(await report(page).locator('.verdict').textContent()).toContain('interrupted');
    expect(await run.program.ends()).toEqual({ code: 130, signal: null });
    expect(trouble).toEqual([]);
  });

  it('gives the same result in virtual time with a browser that has stopped', async () => {
    const alone = await start(scenario(100), '--engine', 'virtual');
    expect(await alone.program.ends()).toEqual({ code: 0, signal: null });
    const watched = await start(scenario(100), '--engine', 'virtual', '--live');
    // A reader that takes nothing after the first bytes.
    const stopped = await fetch(`${watched.url}news`);
    expect(stopped.status).toBe(200);
    await watched.program.says(/report: /);
    await stopped.body!.cancel();
    expect(await watched.program.ends()).toEqual({ code: 0, signal: null });
    const { swarm: figures, peers, verdict } = watched.result();
    expect({ swarm: figures, peers, verdict }).toEqual({
      swarm: alone.result().swarm,
      peers: alone.result().peers,
      verdict: alone.result().verdict,
    });
  });

  it('ends on threads as without a browser when the process of the browser has stopped', async () => {
    const own = await startChromiumServer();
    onTestFinished(() => own.kill());
    const page = await (await own.connect()).newPage();
    page.setDefaultTimeout(0);
    const watched = await start(scenario(8), '--live');
    await page.goto(watched.url);
    // Of the run so far or, where that took long, at its end.
    await report(page).locator('.verdict').waitFor();
    own.stop();
    // 3: so busy a machine that the run is untrusted.
    expect([0, 3]).toContain((await watched.program.ends()).code);
    const { verdict, swarm: figures } = watched.result();
    expect(verdict.completedPeers).toBe(5);
    expect(figures.makespanMs).toBeGreaterThan(figures.bound.lowerBoundMs!);
    expect(figures.usefulBytes).toBe(4 * 640 * 1024);
  });

  it('shows the runs of an experiment one after another, and ends as the finished report of the last', async () => {
    const { program, url } = await start(scenario(3), '--live', '--repeat', '2');
    // Who has the page is waited for at the end.
    await fetch(url);
    const { page, trouble } = await open(url);
    await page.waitForSelector('html[data-over]');
    expect(await page.locator('#news').textContent()).toMatch(/^watched 2\/2: over; the report is/);
    const headline = await report(page).locator('.verdict').textContent();
    expect(headline).toContain('5 of 5 peers complete and verified; makespan');
    expect(await report(page).locator('figure[data-chart=completion] svg').count()).toBeGreaterThan(0);
    // 3: so busy a machine that a run is untrusted.
    expect([0, 3]).toContain((await program.ends()).code);
    expect(trouble).toEqual([]);
  });
});
