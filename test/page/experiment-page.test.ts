/** The page of an experiment in a real browser: a figure against what was swept, and the way to each run. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Experiment } from '../../src/sim/experiment/experiment.ts';
import { renderExperimentPage } from '../../src/sim/page/html/experiment-page.ts';
import { pageScript } from '../../src/sim/page/page-script.ts';
import { designYaml } from '../sim/effects/effect.ts';
import { runExperiment } from '../../src/sim/experiment/run-experiment.ts';
import { testEnvironment } from '../../src/sim/measure/fixture.ts';
import { runAndReport } from '../../src/sim/run-and-report.ts';
import { writeExperiment } from '../../src/sim/report/experiment/write-experiment.ts';
import { testEngines } from '../sim/fault-run.ts';
import { openFile, startChromium } from '../support/chromium.ts';

const SWEEP = `
content: { generate: { size: 128KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: { up: 4Mbit/s } }
  leechers: { count: 3, link: { up: 4Mbit/s } }
sweep:
  product:
    defaults.policy.upload_slots: [1, 2]
    defaults.link.latency: [0ms, 20ms, 40ms]
repeat: 2
`;

let browser: Browser;
let experiment: Experiment;
const reports = mkdtempSync(join(tmpdir(), 'experiment-page-'));
const folder = join(reports, 'sweep', 'experiment');

beforeAll(async () => {
  browser = await startChromium();
  const { signal } = new AbortController();
  const environment = testEnvironment;
  const end = await runExperiment(designYaml(SWEEP), {
    environment,
    signal,
    startedAt: '2026-01-02T03:04:05.678Z',
    run: (plan, name) =>
      runAndReport(
        testEngines().virtual,
        plan,
        { signal },
        { reports, place: { parent: folder, name }, environment },
      ),
  });
  experiment = end.experiment;
  await writeExperiment(folder, experiment, {
    'report.html': renderExperimentPage(experiment, pageScript('page')),
  });
});
afterAll(async () => {
  await browser.close();
  rmSync(reports, { recursive: true });
});

const count = (page: Page, selector: string): Promise<number> =>
  page.locator(`figure[data-chart="experiment"] ${selector}`).count();

it('has a small chart for each value of the second parameter, a mean for each arm and a ring for each run', async () => {
  const { page, trouble } = await openFile(browser, join(folder, 'report.html'));
  expect(trouble).toEqual([]);
  expect(await page.locator('.facet').allInnerTexts()).toEqual([
    'latency = 0ms',
    'latency = 20ms',
    'latency = 40ms',
  ]);
  expect(await count(page, '.means circle')).toBe(6);
  expect(await count(page, '.band path')).toBe(3);
  expect(await count(page, '.runs circle')).toBe(12);
  const means = experiment.arms.map(
    ({ figures }) => figures.find(({ metric }) => metric === 'makespan')!.summary!.mean,
  );
  const data = await page.evaluate<number[]>(
    "JSON.parse(document.getElementById('page-data').textContent).metrics[0].points.map(({ mean }) => mean)",
  );
  expect(data).toEqual(means);
  await page.close();
});

it('leads from each ring to the page of its run', async () => {
  const { page } = await openFile(browser, join(folder, 'report.html'));
  const links = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.runs a')].map((link) => new URL(link.href.baseVal, location.href).href)",
  );
  expect(links).toHaveLength(12);
  for (const link of links) {
    const file = fileURLToPath(link);
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(join(dirname(file), 'result.json'), 'utf8')).toContain('"schemaVersion"');
  }
  await page.close();
});

it('shows another figure by choice, in light, dark and on a small screen, without a serious issue', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openFile(browser, join(folder, 'report.html'), {
      colorScheme,
      viewport: { width: 380, height: 800 },
    });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
    await page.locator('summary').click();
    await page.locator('.controls select').selectOption('waste');
    expect(await page.locator('#told-experiment').innerText()).toContain('waste');
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`)).toEqual([]);
    await page.close();
  }
});

it('fills its axis with values that are near to each other, says that it does not begin at 0, and can', async () => {
  const arms = experiment.arms.map((arm, at) => {
    const [mean, ci95] = [20_000 + 20 * at, 30];
    const figures = arm.figures.map((figure) => ({ ...figure, summary: { ...figure.summary!, mean, ci95 } }));
    return { ...arm, figures: figures.filter(({ metric }) => metric === 'makespan') };
  });
  const file = join(folder, 'near.html');
  writeFileSync(file, renderExperimentPage({ ...experiment, arms, runs: [] }, pageScript('page')));
  const { page, trouble } = await openFile(browser, file);
  expect(trouble).toEqual([]);
  const told = page.locator('#told-experiment');
  const highest = () =>
    page.evaluate<number>(
      "Math.max(...[...document.querySelectorAll('.band path')].map((band) => band.getBBox().height))",
    );
  const tight = await highest();
  expect(await told.innerText()).toMatch(/The axis does not begin at 0\.$/);
  expect(await page.locator('.plot svg').first().innerHTML()).toContain('makespan (s), not from 0');
  expect(await count(page, '.zero line')).toBe(0);
  await page.getByLabel('Axis from 0').check();
  expect(await told.innerText()).not.toContain('axis');
  expect(await page.locator('.plot svg').first().innerHTML()).not.toContain('not from 0');
  expect(await count(page, '.zero line')).toBe(3);
  // The axis has 0.2 s with the room, instead of 20 s.
  expect(tight).toBeGreaterThan(50 * (await highest()));
  await page.close();
});

it('marks a threshold that some arm misses', () => {
  const [first, ...others] = experiment.arms;
  const missed = {
    text: 'makespan < 1s',
    metric: 'makespan',
    unit: 'ms',
    outcome: 'fail',
    measured: [2000],
  } as const;
  const arms = [{ ...first!, expectations: [missed] }, ...others];
  const html = renderExperimentPage({ ...experiment, arms }, pageScript('page'));
  expect(html).toContain('<tr class="fail"><th scope="row">makespan &lt; 1s</th>');
});
