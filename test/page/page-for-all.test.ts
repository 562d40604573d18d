/** That everybody can read a page: small and dark screens, print, keyboard, screen readers; and whatever names are like. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallSwarm, measure, testEnvironment } from '../../src/sim/measure/fixture.ts';
import { StoryFold } from '../../src/sim/page/data/story-fold.ts';
import { renderRunPage } from '../../src/sim/page/html/run-page.ts';
import { pageScript } from '../../src/sim/page/page-script.ts';
import { openFile, startChromium } from '../support/chromium.ts';

/** On a busy machine. */
const PATIENCE = { timeout: 60_000 };

const folder = mkdtempSync(join(tmpdir(), 'page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** The page of the small swarm, perhaps with another name in the place of leecher/1. */
function pageOf(name = 'leecher/1', seenShare = 1): string {
  const text = JSON.stringify(smallSwarm());
  const { plan, record } = JSON.parse(
    text.replaceAll('"leecher/1"', () => JSON.stringify(name)),
  ) as ReturnType<typeof smallSwarm>;
  const named = { ...plan, scenario: { name, description: `Is ${name} only text?` } };
  const fold = new StoryFold(named);
  for (const event of record.events) fold.see(event);
  const file = join(folder, `${name.length}-${seenShare}.html`);
  writeFileSync(
    file,
    renderRunPage(fold.story(measure(named, record, testEnvironment), { seenShare }), pageScript('page')),
  );
  return file;
}

/** @param rules default: all */
async function seriousIssues(page: Page, rules?: readonly string[]): Promise<string[]> {
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.evaluate(axe.source);
  // To name the elements that have no issue takes most of the time.
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const background = (page: Page): Promise<string> =>
  page.evaluate<string>('getComputedStyle(document.body).backgroundColor');

it('carries the notices of the libraries whose code it brings', () => {
  const head = /<script>\/\*!(.*?)\*\//s.exec(readFileSync(pageOf(), 'utf8'))![1]!;
  for (const library of ['@observablehq/plot', 'd3-array', 'd3-scale', 'd3-shape']) {
    expect(head).toMatch(new RegExp(`^${library} [0-9.]+: Copyright .*(?:Bostock|Observable, Inc\\.)$`, 'm'));
  }
  // Each by the version that is installed, with the end of its terms.
  const named = [...head.matchAll(/^([@a-z][\w@/.-]*) \d+\.\d+\.\d+(?::|$)/gm)].map(
    ([, library]) => library!,
  );
  expect(named.length).toBeGreaterThan(10);
  for (const library of named) {
    const { version } = JSON.parse(readFileSync(join('node_modules', library, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(head).toMatch(new RegExp(`^${library} ${version}(?::|$)`, 'm'));
    const texts = readdirSync(join('node_modules', library)).filter((one) => /^licen[cs]e/i.test(one));
    const text = readFileSync(join('node_modules', library, texts[0]!), 'utf8').replaceAll('\r\n', '\n');
    const words = (of: string) => of.replaceAll(/\s+/g, ' ');
    const last = text
      .trim()
      .split(/\n\s*\n/)
      .at(-1)!;
    expect(words(head)).toContain(words(last).trim());
  }
  expect(head).toContain('this permission notice appear in all copies');
  // A licence of several holders is there as it is.
  expect(head).toMatch(/^d3-geo [0-9.]+$.*^Copyright .* Charles Karney$/ms);
});

it('axe finds no serious issue', async () => {
  const { page } = await openFile(browser, pageOf(), { colorScheme: 'light' });
  expect(await seriousIssues(page)).toEqual([]);
  await page.close();
});

it('axe finds no serious issue of the colours on a dark screen, either', async () => {
  const { page } = await openFile(browser, pageOf(), { colorScheme: 'dark' });
  // Only these depend on the scheme.
  expect(await seriousIssues(page, ['color-contrast', 'link-in-text-block'])).toEqual([]);
  await page.close();
});

it('follows the colours of the system, and the switch goes before them', async () => {
  const { page } = await openFile(browser, pageOf(), { colorScheme: 'light' });
  const light = await background(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background(page);
  expect(dark).not.toBe(light);
  await page.locator('#theme').selectOption('light');
  expect(await background(page)).toBe(light);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('#theme').selectOption('dark');
  expect(await background(page)).toBe(dark);
  await page.close();
});

it('prints light, without what can only be clicked', async () => {
  const { page } = await openFile(browser, pageOf(), { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.controls:visible, details:visible, nav:visible').count()).toBe(0);
  expect(await page.evaluate<string>('getComputedStyle(document.body).color')).toBe('rgb(28, 36, 48)');
  expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  await page.close();
});

it('fits a window of 380 pixels without scrolling sideways, in every chart', async () => {
  const { page } = await openFile(browser, pageOf(), { viewport: { width: 380, height: 800 } });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
  const widths = await page.evaluate<number[]>(
    "[...document.querySelectorAll('.plot svg')].map((svg) => svg.getBoundingClientRect().right)",
  );
  expect(widths.length).toBeGreaterThan(8);
  expect(Math.max(...widths)).toBeLessThanOrEqual(380);
  await page.setViewportSize({ width: 1200, height: 800 });
  const lanes = page.locator('figure[data-chart="lanes"] svg');
  await expect.poll(async () => (await lanes.boundingBox())?.width, PATIENCE).toBeGreaterThan(800);
  await page.close();
});

it('replays by keyboard and by its button', async () => {
  const { page } = await openFile(browser, pageOf());
  const replay = page.locator('figure[data-chart="replay"]');
  const atMs = async (): Promise<number> => Number(await replay.getAttribute('data-at-ms'));
  const openedMs = await atMs();
  expect(openedMs).toBeGreaterThan(0);
  await replay.locator('button').click();
  // Who plays what he has not moved sees it from its start.
  await expect.poll(atMs, PATIENCE).toBeLessThan(openedMs);
  await replay.locator('button').click();
  await replay.locator('input[type=range]').focus();
  await page.keyboard.press('End');
  expect(await replay.getAttribute('data-at-ms')).toBe('4000');
  expect(await replay.locator('input[type=range]').getAttribute('aria-valuetext')).toContain(
    '3 of them complete',
  );
  await page.keyboard.press('Home');
  expect(await replay.getAttribute('data-at-ms')).toBe('0');
  await replay.locator('button').focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => Number(await replay.getAttribute('data-at-ms')), PATIENCE)
    .toBeGreaterThan(100);
  expect(await replay.locator('button').innerText()).toContain('Pause');
  await page.close();
});

it('gives every chart as a table, and sorts who served whom', async () => {
  const { page } = await openFile(browser, pageOf());
  const flows = page.locator('figure[data-chart="flows"]');
  await flows.locator('summary').click();
  await flows.locator('tbody tr').nth(3).waitFor();
  expect(await flows.locator('tbody tr').allInnerTexts()).toHaveLength(4);
  const rows = async (): Promise<string> =>
    (await flows.locator('[data-mark="y-axis tick label"] text').allTextContents()).join(' ');
  const before = await rows();
  await flows.getByLabel('Order').selectOption('received');
  expect(await rows()).not.toBe(before);
  await page.close();
});

it('shows a name that looks like HTML as text, in every place', async () => {
  const name = '</script><!--<img src=x onerror="document.title=1">';
  const { page, trouble } = await openFile(browser, pageOf(name));
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.locator('figure[data-chart="flows"] tbody tr').first().waitFor();
  expect(trouble).toEqual([]);
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.locator('h1').innerText()).toBe(name);
  expect(await page.locator('figure[data-chart="flows"] tbody').innerText()).toContain(name);
  expect(await page.title()).toContain(name);
  await page.close();
});

it('says in the place of a chart that events were not kept, and shows the others', async () => {
  const { page, trouble } = await openFile(browser, pageOf('leecher/1', 0));
  expect(trouble).toEqual([]);
  expect(await page.locator('.missing').count()).toBe(6);
  expect(await page.locator('figure[data-chart="replay"] .missing').innerText()).toContain('record.events');
  expect(
    await page.locator('figure[data-chart="completion"] svg, figure[data-chart="goodput"] svg').count(),
  ).toBe(2);
  await page.close();
});
