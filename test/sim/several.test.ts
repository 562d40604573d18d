/** Several scenarios in one call of sim. */
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { RunResult } from '../../src/sim/result/result.ts';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

const small = (more = ''): string => `# Does it run?
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, leecher: {} }
engine: virtual
${more}`;

it('runs one after another, shows a table over all, and the worst gives the exit code', async () => {
  desk.scenario('good', small());
  desk.scenario('slow', small("expect: ['makespan < 1ms']"));
  const { code, stdout, stderr } = await desk.run(['good', 'slow.yaml', 'good']);
  expect(code, stderr).toBe(4);
  const table = stdout.slice(stdout.indexOf('2 of 3 scenarios passed'));
  expect(table).toMatch(/^scenario +outcome +makespan +efficiency +report$/m);
  expect(table.match(/^good +pass .* reports\/good\//gm)).toHaveLength(2);
  expect(table).toMatch(/^slow +fail .* reports\/slow\//m);
  expect(table).toMatch(/^ {2}slow: .*makespan < 1ms/m);
});

it('gives a list of results by --json', async () => {
  desk.scenario('one', small());
  desk.scenario('two', small());
  const { code, stdout } = await desk.run(['one', 'two', '--json', '--seed', '5']);
  expect(code).toBe(0);
  const results = JSON.parse(stdout) as RunResult[];
  expect(results.map(({ scenario, seed }) => [scenario.name, seed])).toEqual([
    ['one', '5'],
    ['two', '5'],
  ]);
});

it('tells the mistakes of all before anything is started', async () => {
  desk.scenario('good', small());
  desk.scenario('typo', small('time_limt: 3s'));
  const { code, stdout, stderr } = await desk.run(['good', 'typo', 'flash-crwd']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^sim: typo\.yaml:.*time_limt/);
  expect(stderr).toMatch(/^sim: flash-crwd: there is no such scenario; did you mean flash-crowd\?/m);
});
