import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, it, onTestFinished } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { smallSwarm, testEnvironment } from '../../sim/measure/fixture.ts';
import { LiveView } from './live-view.ts';

it('serves the report of the run before until the next one has something to show', async () => {
  const folder = folderOfTest('live-view-');
  writeFileSync(join(folder, 'report.html'), 'the first run');
  const { plan, record } = smallSwarm();
  const workerFile = pathToFileURL(join(inject('bundleFolder'), 'live-worker.js'));
  const view = await LiveView.open('two runs', testEnvironment, 0, workerFile);
  onTestFinished(() => view.end());
  const report = async (): Promise<readonly [status: number, text: string]> => {
    const answer = await fetch(new URL('/report', view.url));
    return [answer.status, await answer.text()];
  };
  expect(await report()).toEqual([204, '']);
  view.finished('two runs 1/2', folder);
  const watcher = view.follow(plan, 'two runs 2/2');
  expect(await report()).toEqual([200, 'the first run']);
  const progress = {
    atMs: 0,
    completion: 0,
    peersAlive: 0,
    peersCompleted: 0,
    peersToComplete: 2,
    bytesPerSec: 0,
    groups: [],
  };
  watcher.onProgress(progress, () => record);
  expect((await report())[1]).toContain('<!doctype html>');
});
