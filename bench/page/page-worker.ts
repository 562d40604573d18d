/** Writes the page of one run, as a process of its own, and tells what it cost. */
import { statSync, writeFileSync } from 'node:fs';
import type { SwarmEvent } from '../../src/core/events.ts';
import { virtualEngine } from '../../src/sim/engines/virtual/virtual-engine.ts';
import { testEnvironment } from '../../src/sim/measure/fixture.ts';
import { Measurement } from '../../src/sim/measure/measure.ts';
import { StoryFold } from '../../src/sim/page/data/story-fold.ts';
import { renderRunPage } from '../../src/sim/page/html/run-page.ts';
import { planOf } from '../virtual/plans.ts';
import { madeUpRun, type MadeUpRun } from './made-up-run.ts';
import type { PageSample, PageTask } from './page-task.ts';

async function virtualRun({ size, seed }: PageTask): Promise<MadeUpRun> {
  const plan = planOf(size, seed);
  const events: SwarmEvent[] = [];
  const record = await virtualEngine().run(plan, {
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
  });
  return { plan, record, events };
}

async function write(task: PageTask): Promise<PageSample> {
  const atStart = process.cpuUsage();
  const { plan, record, events } = task.of === 'run' ? await virtualRun(task) : madeUpRun(task.size);
  const measurement = new Measurement(plan);
  const kept = [...events];
  for (const event of kept) measurement.see(event);
  const result = measurement.result(record, testEnvironment);
  const runMs = task.of === 'run' ? processorMs(atStart) : 0;
  const beforePage = process.cpuUsage();
  const story = new StoryFold(plan);
  for (const event of kept) story.see(event);
  writeFileSync(task.file, renderRunPage(story.story(result), task.script));
  return { runMs, pageMs: processorMs(beforePage), pageBytes: statSync(task.file).size };
}

function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

process.once('message', (task: PageTask) => {
  void write(task).then((sample) => process.send!(sample, () => process.disconnect()));
});
