import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

/** Too far away to complete within its limit. */
const HOPELESS = `
seed: 1
content:
  generate: { size: 4MiB, chunk_size: 64KiB }
defaults:
  link: { latency: 5s }
peers:
  seeder: { holds: all }
  leecher: {}
time_limit: 200ms
`;

describe('where latest is a folder of somebody, a run', () => {
  const moveIt = /^sim: reports\/latest does not point to the report: it is a folder; move it away.*\n$/;
  beforeEach(() => {
    mkdirSync(join(desk.folder, 'reports', 'latest'), { recursive: true });
    writeFileSync(join(desk.folder, 'reports', 'latest', 'notes'), '');
  });

  it('says so in a line, and has its JSON and its own exit code all the same', async () => {
    const { code, stdout, stderr } = await desk.run([desk.scenario('hopeless', HOPELESS), '--json']);
    expect(stderr).toMatch(moveIt);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { outcome: 'fail' } });
    expect(code).toBe(1);
  });

  it('says so once for an experiment', async () => {
    const scenario = desk.scenario('hopeless', HOPELESS);
    const { code, stdout, stderr } = await desk.run([scenario, '--json', '--repeat', '2']);
    expect(stderr).toMatch(moveIt);
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect(code).toBe(1);
  });
});

describe('a run whose terminal is closed', () => {
  it('ends with 130, writes what was measured and leaves no temporary directory', async () => {
    const run = desk.start([
      desk.scenario('hopeless', HOPELESS.replace('200ms', '60s').replace('latency: 5s', 'up: 1Mbit/s')),
    ]);
    await desk.untilChunkPassed();
    expect(desk.leftovers()).toHaveLength(1);
    run.signal('SIGHUP');
    expect((await run.ended).code).toBe(130);
    expect(desk.leftovers()).toEqual([]);
    expect(desk.result().ending).toBe('interrupted');
  });
});
