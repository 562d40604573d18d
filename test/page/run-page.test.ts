/** The page of a run in a real browser, from disk, against the files that are written beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import { designExperiment } from '../../src/sim/experiment/design.ts';
import { testEnvironment } from '../../src/sim/measure/fixture.ts';
import { isMissing, type Chart, type RunCharts } from '../../src/sim/page/shared/charts.ts';
import type { SwarmAt } from '../../src/sim/page/shared/replay.ts';
import { hadEverything } from '../../src/sim/result/completion-times.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import { runAndReport } from '../../src/sim/run-and-report.ts';
import { findScenario } from '../../src/sim/shipped/shipped-files.ts';
import { openFile, startChromium, type OpenedPage } from '../support/chromium.ts';
import { testEngines } from '../sim/fault-run.ts';

interface Written {
  readonly file: string;
  readonly result: RunResult;
  readonly events: readonly SwarmEvent[];
}

const reports = mkdtempSync(join(tmpdir(), 'page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(reports, { recursive: true });
});

async function written(scenario: string): Promise<Written> {
  const { plans } = designExperiment({ file: findScenario(scenario)!, sets: [] });
  const { folder } = await runAndReport(
    testEngines().virtual,
    { ...plans[0]!, engine: { ...plans[0]!.engine, name: 'virtual' } },
    { signal: new AbortController().signal },
    { reports, place: undefined, environment: testEnvironment },
  );
  const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return {
    file: join(folder, 'report.html'),
    result: JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as RunResult,
    events: events.map((line) => JSON.parse(line) as SwarmEvent),
  };
}

function has<T>(chart: Chart<T>): T {
  if (isMissing(chart)) throw new Error(`missing: ${chart.missing}`);
  return chart;
}

function chartsOf(page: Page): Promise<RunCharts> {
  return page.evaluate<RunCharts>("JSON.parse(document.getElementById('page-data').textContent)");
}

/** How many marks of a kind a chart has. */
function marks(page: Page, chart: string, selector: string): Promise<number> {
  return page.locator(`figure[data-chart="${chart}"] ${selector}`).count();
}

/** What the events say of the peers at an instant, without the page's own code. */
function heldAt(
  events: readonly SwarmEvent[],
  atMs: number,
): Record<string, { held: number; phase: string }> {
  const peers: Record<string, { held: number; phase: string }> = {};
  for (const event of events) {
    if (event.atMs > atMs) break;
    if (event.type === 'peer-joined') {
      const phase = event.heldChunks === event.totalChunks ? 'complete' : 'present';
      peers[event.peer] = { held: event.heldChunks, phase };
    }
    const peer = peers[event.peer];
    if (peer === undefined) continue;
    if (event.type === 'chunk-received') peer.held++;
    else if (event.type === 'peer-completed') peer.phase = 'complete';
    else if (event.type === 'peer-left') peer.phase = 'left';
    else if (event.type === 'peer-crashed') peer.phase = 'crashed';
  }
  return peers;
}

/** Partitions that hold at an instant, by the events alone. */
function cutsAt(events: readonly SwarmEvent[], atMs: number): string[] {
  const cuts: string[] = [];
  for (const event of events) {
    if (event.atMs > atMs) break;
    if (event.type === 'fault-began' && event.kind === 'partition') cuts.push(event.fault);
    if (event.type === 'fault-ended' && cuts.includes(event.fault)) cuts.splice(cuts.indexOf(event.fault), 1);
  }
  return cuts;
}

describe.each(['half-crash', 'churn', 'three-continents', 'tracker-restart', 'partition-heals'])(
  'the page of %s',
  (name) => {
    let run: Written;
    /** None of these tests changes what is seen. */
    let opened: OpenedPage;
    beforeAll(async () => {
      run = await written(name);
      opened = await openFile(browser, run.file);
    });
    afterAll(() => opened.page.close());

    it('opens from disk without an error and without asking anything of a network', async () => {
      const { page, trouble } = opened;
      expect(trouble).toEqual([]);
      expect(await page.locator('.verdict').innerText()).toContain('complete and verified; makespan');
      expect(await page.locator('figure:has(svg), figure:has(canvas)').count()).toBe(11);
    });

    it('has a mark for each thing that it shows, with the extremes of result.json', async () => {
      const { page } = opened;
      const charts = await chartsOf(page);
      const { peers, flows, swarm } = run.result;
      const wanting = peers.filter((peer) => peer.mustComplete && !hadEverything(peer));
      expect(await marks(page, 'completion', '.completions circle')).toBe(wanting.length);
      expect(has(charts.completion).timesMs.at(-1)).toBeCloseTo(swarm.makespanMs!, 0);
      expect(has(charts.completion).boundMs).toBe(swarm.bound.lowerBoundMs);

      const { layers, bins } = has(charts.goodput);
      expect(await marks(page, 'goodput', '.layers rect')).toBeGreaterThan(0);
      const bytes = layers
        .flatMap(({ values }) => values)
        .reduce((sum, rate) => sum + (rate * bins.stepMs) / 1000, 0);
      expect(bytes / swarm.usefulBytes).toBeCloseTo(1, 2);

      const crashFaults = run.result.plan.faults.filter(({ effect }) => effect.kind === 'crash');
      const went = run.events.filter(
        ({ type }) => type === 'peer-left' || (type === 'peer-crashed' && crashFaults.length === 0),
      );
      expect(await marks(page, 'goodput', '.departures line')).toBe(went.length);
      const { left, crashed, marks: departures } = charts.departures;
      expect([left + crashed, departures.length]).toEqual([went.length, went.length]);
      expect(departures.map(({ name: peer }) => peer)).toEqual(went.map(({ peer }) => peer));

      const availability = has(charts.availability);
      const whole = availability.rarest.slice(availability.rarest.findIndex((copies) => copies > 0));
      expect(Math.min(...whole)).toBe(swarm.availability!.min);
      expect(availability.rarestAtEnd).toBe(swarm.availability!.end);
      expect(await marks(page, 'availability', '.rarest path, .mean path')).toBe(2);
      expect(await marks(page, 'availability', '.copies-of-chunks rect')).toBeGreaterThanOrEqual(
        availability.rows.length,
      );

      expect(await marks(page, 'flows', '.flows rect')).toBe(flows.length);
      expect(has(charts.flows).views[0]!.cells[0]![2]).toBe(flows[0]!.bytes);

      const count = (type: SwarmEvent['type']): number =>
        run.events.filter((event) => event.type === type).length;
      expect(await marks(page, 'lanes', '.stays rect')).toBe(count('peer-joined'));
      expect(await marks(page, 'lanes', '.crashed path')).toBe(count('peer-crashed'));
      expect(await marks(page, 'lanes', '.left text')).toBe(count('peer-left'));
      expect(await marks(page, 'lanes', '.complete circle')).toBe(
        peers.filter((peer) => peer.completedMs !== null && !hadEverything(peer)).length,
      );

      const joined = peers.filter(({ joinedMs }) => joinedMs !== null);
      expect(await marks(page, 'shares', '.uploads rect')).toBe(joined.length);
      expect(has(charts.shares).bars[0]!.uploadedBytes).toBe(
        Math.max(...joined.map((peer) => peer.uploadedBytes)),
      );

      const { bars } = has(charts.latencies);
      expect(await marks(page, 'latencies', '.chunks-by-time rect')).toBe(bars.length);
      expect(bars.reduce((sum, { chunks }) => sum + chunks, 0)).toBe(count('chunk-received'));
      expect(await marks(page, 'latencies', '.percentiles line')).toBe(3);

      const uplinks = has(charts.uplinks);
      expect(await marks(page, 'uplinks', '.layers rect')).toBe(uplinks.layers.length * uplinks.bins.count);
      expect(await marks(page, 'slowest', '.states rect')).toBe(has(charts.slowest).pieces.length);
      expect(has(charts.slowest).toMs).toBe(swarm.makespanMs);
      expect(await marks(page, 'tracker', '.layers rect')).toBeGreaterThan(0);
      const messages = has(charts.tracker)
        .layers.flatMap(({ values }) => values)
        .reduce((sum, rate) => sum + (rate * has(charts.tracker).bins.stepMs) / 1000, 0);
      expect(messages / run.result.tracker.traffic.messagesReceived).toBeCloseTo(1, 1);
    });

    it('shows no byte of a peer at a time when it was not there', async () => {
      const { page } = opened;
      const { lanes, bins } = has((await chartsOf(page)).lanes);
      const ghosts = lanes.flatMap(({ name: peer, stays, up, down }) =>
        up.flatMap((bytes, step) => {
          const [fromMs, toMs] = [step * bins.stepMs, (step + 1) * bins.stepMs];
          // Times of stays are whole milliseconds.
          const isHere = stays.some((stay) => stay.fromMs - 1 <= toMs && fromMs <= stay.toMs + 1);
          return !isHere && bytes + down[step]! > 0 ? [{ peer, step }] : [];
        }),
      );
      expect(ghosts).toEqual([]);
    });

    it('opens the replay where about half of all transfers are done and some are under way, and says so', async () => {
      const { page } = opened;
      const replay = page.locator('figure[data-chart="replay"]');
      const atMs = Number(await replay.getAttribute('data-at-ms'));
      const receipts = run.events.filter(({ type }) => type === 'chunk-received');
      const share = receipts.filter((event) => event.atMs <= atMs).length / receipts.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.6);
      const { transfers, peers } = await page.evaluate<SwarmAt>(`replay.swarmAt(${atMs})`);
      expect(transfers.length).toBeGreaterThan(0);
      const told = await replay.locator('.status').innerText();
      expect(told).toMatch(/^With about half of all transfers done: /);
      expect(told).toContain(`${transfers.length} transfers under way`);
      const here = peers.filter(({ phase }) => phase === 'present' || phase === 'complete').length;
      expect(told).toContain(`${here} of ${peers.length} peers present`);
      expect(await replay.locator('button').innerText()).toContain('Play');
    });

    it('replays what events.jsonl says, at three instants', async () => {
      const { page } = opened;
      for (const share of [0.2, 0.5, 0.9]) {
        const atMs = Math.round(run.result.elapsedMs * share) + 0.5;
        const swarm = await page.evaluate<SwarmAt>(`replay.swarmAt(${atMs})`);
        const shown = Object.fromEntries(
          swarm.peers
            .filter(({ phase }) => phase !== 'absent')
            .map(({ name: peer, held, phase }) => [peer, { held, phase }]),
        );
        expect(shown).toEqual(heldAt(run.events, atMs));
        const underWay = run.events.filter(
          (event) =>
            event.type === 'chunk-received' &&
            event.atMs > atMs + 0.1 &&
            event.atMs - event.tookMs < atMs - 0.1,
        );
        expect(Math.abs(swarm.transfers.length - underWay.length)).toBeLessThanOrEqual(1);
        expect(swarm.cuts.map(({ name: cut }) => cut)).toEqual(cutsAt(run.events, atMs));
        for (const { sides } of swarm.cuts) {
          const [near, far] = [0, 1].map((side) =>
            swarm.peers.filter((_, at) => sides[at] === side).map(({ name: peer }) => peer.split('/')[0]),
          );
          expect([new Set(near), new Set(far)]).toEqual([new Set(['seeder', 'near']), new Set(['far'])]);
        }
      }
    });
  },
);

describe('the page of churn', () => {
  let run: Written;
  beforeAll(async () => {
    run = await written('churn');
  });

  it('has rows of a few lines on a phone, of which the rest is beside them', async () => {
    const { page } = await openFile(browser, run.file, { viewport: { width: 380, height: 800 } });
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('tbody tr')].map((row) => row.getBoundingClientRect().height)",
    );
    expect(heights.length).toBeGreaterThan(20);
    expect(Math.max(...heights)).toBeLessThan(150);
    // What is beside them, out of sight, makes no row of figures higher.
    const figures = await page.evaluate<number[]>(
      "[...document.querySelectorAll('#main > section > .scroll tbody tr:has(td.number):not(:has(td.long))')].map((row) => row.getBoundingClientRect().height)",
    );
    expect(figures.length).toBeGreaterThan(10);
    expect(Math.max(...figures)).toBeLessThan(80);
    await page.close();
  });

  it.each(['light', 'dark'] as const)(
    'has numbers that can be read on the cells of the matrix, %s',
    async (colorScheme) => {
      const { page } = await openFile(browser, run.file, { colorScheme });
      const contrasts = await page.evaluate<number[]>(`(() => {
        const figure = document.querySelector('figure[data-chart=flows]');
        const numbersOf = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const panel = numbersOf(getComputedStyle(figure).backgroundColor);
        const light = (colour) => {
          const [r, g, b] = colour.map((one) => {
            const share = one / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const texts = [...figure.querySelectorAll('text')].filter(({ textContent, parentNode }) =>
          /^\\d+$/.test(textContent) && parentNode.dataset.mark === 'text');
        return [...figure.querySelectorAll('.flows rect')].map((cell, at) => {
          const opacity = Number(getComputedStyle(cell).fillOpacity);
          const own = numbersOf(getComputedStyle(cell).fill);
          const ground = light(own.map((one, part) => opacity * one + (1 - opacity) * panel[part]));
          const ink = light(numbersOf(getComputedStyle(texts[at]).fill));
          return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
        });
      })()`);
      expect(contrasts).toHaveLength(run.result.flows.length);
      expect(Math.min(...contrasts)).toBeGreaterThan(3);
      await page.close();
    },
  );

  it('draws every chart for the width of the paper, and as it was after that', async () => {
    const { page } = await openFile(browser, run.file);
    const sizes = (): Promise<{ name: string; width: number; ratio: number }[]> =>
      page.evaluate(`[...document.querySelectorAll('figure:not(:has(.missing)) .plot :is(svg, canvas)')].map((drawn) => {
        const box = drawn.getBoundingClientRect();
        const own = drawn.viewBox?.baseVal ?? drawn;
        return {
          name: drawn.closest('figure').dataset.chart,
          width: Math.round(own.width / (drawn.viewBox ? 1 : devicePixelRatio)),
          ratio: box.width / box.height / (own.width / own.height),
        };
      })`);
    const before = await sizes();
    expect(new Set(before.map(({ name }) => name)).size).toBe(11);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    const printed = await sizes();
    // Only the matrix has a width of its own.
    expect(new Set(printed.filter(({ name }) => name !== 'flows').map(({ width }) => width))).toEqual(
      new Set([680]),
    );
    for (const { ratio } of printed) expect(ratio).toBeCloseTo(1, 1);
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    expect(await sizes()).toEqual(before);
    await page.close();
  });
});
