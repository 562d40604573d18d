/** Pages of runs: what writing one costs, how soon a browser has drawn it, and how smooth its replay is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { EngineError } from '../../src/core/errors.ts';
import { pageScript } from '../../src/sim/page/page-script.ts';
import { formatBytes } from '../../src/sim/units/format.ts';
import { hostWarnings, probeHost } from '../host.ts';
import { durationResult } from '../report/duration.ts';
import type { BenchResult, DurationResult, RatioResult } from '../report/report.ts';
import { pairedRatio } from '../statistics.ts';
import { runForked } from '../virtual/processes.ts';
import {
  GOALS,
  type OpenedCase,
  type PageCase,
  type PageSize,
  type ReplayCase,
  type WrittenCase,
} from './cases.ts';
import { startChromium } from './chromium.ts';
import type { PageSample, PageTask } from './page-task.ts';

/** Each is a run of a minute. */
const WRITTEN_RUNS_MAX = 2;
/** A busy machine draws slowly. */
const DRAWN_TIMEOUT_MS = 120_000;

export interface PageRun {
  /** The bundled page-worker.ts. */
  readonly workerFile: URL;
  readonly repeats: number;
  readonly signal: AbortSignal;
}

interface Bench extends PageRun {
  readonly browser: Browser;
  readonly file: string;
}

/** @throws {EngineError} there is no Chromium, or a run did not complete */
export async function runPage(benchmark: PageCase, run: PageRun): Promise<readonly BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-lab-bench-'));
  const browser = await startChromium();
  try {
    const bench = { ...run, browser, file: join(folder, 'report.html') };
    switch (benchmark.kind) {
      case 'written':
        return await runWritten(benchmark, bench);
      case 'opened':
        return [await runOpened(benchmark, bench)];
      case 'replay':
        return [await runReplay(benchmark, bench)];
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runWritten({ name, size }: WrittenCase, bench: Bench): Promise<BenchResult[]> {
  const probe = probeHost();
  const ms = { page: [] as number[], run: [] as number[] };
  let bytes = 0;
  for (let repeat = 1; repeat <= Math.min(bench.repeats, WRITTEN_RUNS_MAX); repeat++) {
    const sample = await write(size, 'run', repeat, bench);
    ms.page.push(sample.pageMs);
    ms.run.push(sample.runMs);
    bytes = sample.pageBytes;
  }
  const host = probe.read();
  const share: RatioResult = {
    kind: 'ratio',
    name: `${name}: writing it / the run`,
    what: `processor time, ${textOf(size)}`,
    values: ms.page.map((value, at) => value / ms.run[at]!),
    interval: pairedRatio(ms.page, ms.run),
    goal: { is: 'at most', value: GOALS.share },
    host,
    warnings: hostWarnings(host),
  };
  return [share, await open(name, size, { bytes, goalMs: GOALS.openMs }, bench)];
}

async function runOpened({ name, size, goalMs }: OpenedCase, bench: Bench): Promise<DurationResult> {
  const { pageBytes } = await write(size, 'made-up', 1, bench);
  return open(name, size, { bytes: pageBytes, goalMs }, bench);
}

async function open(
  name: string,
  size: PageSize,
  { bytes, goalMs }: { readonly bytes: number; readonly goalMs: number },
  bench: Bench,
): Promise<DurationResult> {
  const probe = probeHost();
  const valuesMs: number[] = [];
  for (let repeat = 1; repeat <= bench.repeats && !bench.signal.aborted; repeat++) {
    const beganMs = performance.now();
    const page = await drawn(bench);
    valuesMs.push(performance.now() - beganMs);
    await page.close();
  }
  const what = `until all charts are drawn, ${textOf(size)}, ${formatBytes(bytes)}`;
  return durationResult({ name: `${name}: opening it`, what, goalMs, valuesMs }, probe.read());
}

async function runReplay({ name, size, playMs }: ReplayCase, bench: Bench): Promise<DurationResult> {
  await write(size, 'made-up', 1, bench);
  const page = await drawn(bench);
  const probe = probeHost();
  const valuesMs: number[] = [];
  for (let repeat = 1; repeat <= bench.repeats && !bench.signal.aborted; repeat++) {
    valuesMs.push(await page.evaluate<number>(framesOf(playMs)));
  }
  const what = `a frame while it plays, mean of ${playMs / 1000} s, ${textOf(size)}`;
  return durationResult({ name, what, goalMs: GOALS.frameMs, valuesMs }, probe.read());
}

/** Plays from the start, and tells how long a frame took on average; at most the screen's 60 frames a second. */
function framesOf(playMs: number): string {
  return `new Promise((resolve) => {
    const figure = document.querySelector('figure[data-chart=replay]');
    figure.scrollIntoView();
    const slider = figure.querySelector('input[type=range]');
    slider.value = '0';
    slider.dispatchEvent(new Event('input'));
    const play = figure.querySelector('button');
    play.click();
    let frames = -1;
    let begunMs;
    const frame = (now) => {
      begunMs ??= now;
      frames++;
      if (now - begunMs < ${playMs}) requestAnimationFrame(frame);
      else {
        play.click();
        resolve((now - begunMs) / frames);
      }
    };
    requestAnimationFrame(frame);
  })`;
}

async function drawn({ browser, file }: Bench): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(DRAWN_TIMEOUT_MS);
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-drawn]');
  return page;
}

async function write(size: PageSize, of: PageTask['of'], repeat: number, bench: Bench): Promise<PageSample> {
  const { workerFile, signal, file } = bench;
  const task: PageTask = { size, of, seed: `bench/${repeat}`, file, script: pageScript('page') };
  const { message, code } = await runForked(workerFile, task, signal);
  if (message !== undefined) return message as PageSample;
  throw new EngineError(`the page was not written (its process ended with code ${code})`);
}

function textOf({ peers, chunks }: PageSize): string {
  return `${peers.toLocaleString('en-US')} peers, ${chunks} chunks`;
}
