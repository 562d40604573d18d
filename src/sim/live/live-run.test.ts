import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { smallSwarm, testEnvironment } from '../measure/fixture.ts';
import type { RunProgress } from '../engines/engine.ts';
import { LiveRun } from './live-run.ts';

const { plan, record } = smallSwarm();

const progress: RunProgress = {
  atMs: 1000,
  completion: 0.5,
  peersAlive: 3,
  peersCompleted: 1,
  peersToComplete: 3,
  bytesPerSec: 1,
  groups: [],
};

function follow(worker = 'live-worker.js') {
  const clock = { nowMs: 0 };
  const told: RunProgress[] = [];
  const run = new LiveRun({
    workerFile: pathToFileURL(join(inject('bundleFolder'), worker)),
    task: { plan, environment: testEnvironment, script: '' },
    now: () => clock.nowMs,
    onNews: (news) => told.push(news),
  });
  onTestFinished(() => run.end());
  return { run, clock, told };
}

describe('a run that is watched', () => {
  test('has no page before the swarm is ready, and then that of what has happened so far', async () => {
    const { run, told } = follow();
    expect(await run.report()).toBeNull();
    run.watcher.onProgress(progress, () => record);
    expect(told).toEqual([progress]);
    const before = (await run.report())!;
    expect(before).toContain('every figure is of the run so far');
    for (const event of record.events) run.watcher.onLiveEvent(event);
    // The next is made when the last has become old.
    expect(await run.report()).toBe(before);
  });

  test('has a new page when ten times as long has passed as the last took to make', async () => {
    const { run, clock } = follow();
    run.watcher.onProgress(progress, () => record);
    const before = await run.report();
    for (const event of record.events) run.watcher.onLiveEvent(event);
    clock.nowMs = 1e9;
    const after = await run.report();
    expect(after).not.toBe(before);
    expect(after).toContain('every figure is of the run so far');
  });

  test('makes one page for all who ask meanwhile, and they have it though the run is over', async () => {
    const { run } = follow();
    run.watcher.onProgress(progress, () => record);
    const [one, other] = [run.report(), run.report()];
    await run.end();
    expect(await one).toContain('every figure is of the run so far');
    expect(await other).toBe(await one);
  });

  test('goes on without its page when that cannot be made', async () => {
    const { run, told } = follow('no-such-worker.js');
    run.watcher.onProgress(progress, () => record);
    await expect(run.report()).rejects.toThrow('no-such-worker');
    for (const event of record.events) run.watcher.onLiveEvent(event);
    run.watcher.onProgress(progress, () => record);
    expect(told).toHaveLength(1);
    await expect(run.report()).rejects.toThrow('no-such-worker');
  });
});
