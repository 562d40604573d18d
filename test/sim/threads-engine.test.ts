/** The engine with workers that go wrong: what a defect must not be able to hide or leave behind. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { threadsEngine } from '../../src/sim/engines/threads/threads-engine.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { runRecorded } from './fault-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threads-engine-test-'));
  mkdirSync(join(folder, 'tmp'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const scenario = `
seed: 1
content:
  generate: { size: 64KiB, chunk_size: 16KiB }
peers:
  seeder: { holds: all }
  leechers: { count: 2 }
time_limit: 20s
`;
const plan: Plan = expand(parseScenario(scenario, 'test.yaml'));

const realWorker = (): URL => pathToFileURL(join(inject('bundleFolder'), 'peer-worker.js'));

/** The real worker with a fault put into it. */
function brokenWorker(fault: string): URL {
  const path = join(folder, 'broken.cjs');
  const real = JSON.stringify(join(inject('bundleFolder'), 'peer-worker.js'));
  writeFileSync(path, `const { work } = require(${real});\nexports.work = async (task) => { ${fault} };\n`);
  return pathToFileURL(path);
}

const runWith = (workerFile: URL, signal = new AbortController().signal) =>
  threadsEngine({ workerFile }).run(plan, { signal });

const leftovers = (): string[] => readdirSync(join(folder, 'tmp'));

describe('threads engine', () => {
  describe('tells of a thread that stood still for 700 ms, whenever that was:', () => {
    const busy = 'const until = Date.now() + 700; while (Date.now() < until);';
    const isSeeder = "task.kind === 'peers' && task.workerSlot === 0";
    const onBegin = (what: string) =>
      `if (${isSeeder}) task.port.on('message', ({ type }) => { if (type === 'begin') { ${what} } }); return work(task);`;
    const crowd = scenario.replace('holds: all', 'holds: all, link: { up: 256kbit/s }');

    it.each([
      ['in the turn in which the watch begins', onBegin(busy)],
      ['before the distribution, into it', onBegin(`setImmediate(() => { ${busy} });`)],
      ['in the middle', onBegin(`setTimeout(() => { ${busy} }, 500);`)],
      ['at the end, for good', onBegin('setTimeout(() => { for (;;); }, 800);')],
    ])('%s', async (when, fault) => {
      const limit = when.startsWith('at the end') ? '1.6s' : '20s';
      // Too short for what there is to send: the run is over while the thread stands still.
      const long = parseScenario(crowd.replace('20s', limit).replace(/64KiB/, '96KiB'), 'test.yaml');
      const slow = expand(long);
      const { host } = await threadsEngine({ workerFile: brokenWorker(fault) }).run(slow, {
        signal: new AbortController().signal,
      });
      expect(host.loopDelayMaxMs).toBeGreaterThan(650);
    });
  });

  it('takes a thread that a peer returns in for none that stood still before', async () => {
    const text = `
content: { generate: { size: 96KiB, chunk_size: 4KiB } }
peers:
  seeder: { holds: all, link: { up: 256kbit/s } }
  returner: { session: { leave: { after: 100ms, how: crash }, return: { after: 3s } } }
time_limit: 30s
`;
    const { ending, elapsedMs, host } = await runRecorded(
      threadsEngine({ workerFile: realWorker() }),
      expand(parseScenario(text, 'test.yaml')),
    );
    expect(ending).toBe('completed');
    expect(elapsedMs).toBeGreaterThan(3100);
    expect(host.loopDelayMaxMs).toBeLessThan(2500);
  });

  it('gives events in order of time, and totals that agree with them', async () => {
    const record = await runRecorded(threadsEngine({ workerFile: realWorker() }), plan);
    expect(record.ending).toBe('completed');
    const times = record.events.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const useful = record.events.reduce(
      (sum, event) => (event.type === 'chunk-received' ? sum + event.bytes : sum),
      0,
    );
    expect(useful).toBe(2 * 64 * 1024);
    expect(record.samples.at(-1)).toMatchObject({ usefulBytes: useful, peersCompleted: 3 });
    expect(record.peers.map(({ integrity }) => integrity)).toEqual(['intact', 'intact', 'intact']);
    const sent = record.peers.reduce((sum, { traffic }) => sum + traffic.payloadSentBytes, 0);
    expect(sent).toBeGreaterThanOrEqual(useful);
    expect(leftovers()).toEqual([]);
  });

  it('finds a chunk on disk that is not the original, whatever the peer believed', async () => {
    // The leecher's folder is spoilt after it has left and before it is verified.
    const spoil = `
      if (task.kind === 'verify') {
        const { writeFileSync, readdirSync } = require('node:fs');
        for (const folder of task.folders.filter((path) => path.endsWith('peer-2')))
          writeFileSync(folder + '/chunk_1', 'spoilt');
      }
      return work(task);`;
    const record = await runWith(brokenWorker(spoil));
    expect(record.peers.map(({ integrity }) => integrity)).toEqual(['intact', 'corrupt', 'intact']);
  });

  it('tells what a handler threw, with its message and stack, and ends all threads', async () => {
    const fault = `
      if (task.kind === 'peers') setTimeout(() => { throw new TypeError('a defect in a handler'); }, 10);
      return work(task);`;
    await expect(runWith(brokenWorker(fault))).rejects.toMatchObject({
      name: 'TypeError',
      message: 'a defect in a handler',
      stack: expect.stringContaining('broken.cjs') as string,
    });
    expect(leftovers()).toEqual([]);
  });

  it('does not wait for a thread that died', async () => {
    const fault = `
      if (task.kind === 'peers') setTimeout(() => process.exit(3), 10);
      return work(task);`;
    await expect(runWith(brokenWorker(fault))).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringContaining('worker exited with code: 3') as string,
    });
    expect(leftovers()).toEqual([]);
  });

  it('does not wait for a worker that cannot even be loaded', async () => {
    await expect(runWith(pathToFileURL(join(folder, 'missing.js')))).rejects.toThrow(/missing\.js/);
    expect(leftovers()).toEqual([]);
  });

  it('kills threads that hang when the run is interrupted', async () => {
    const controller = new AbortController();
    const fault = `
      if (task.kind === 'peers') task.port.on('message', ({ type }) => { if (type === 'begin') for (;;); });
      return work(task);`;
    const running = threadsEngine({ workerFile: brokenWorker(fault) }).run(
      { ...plan, timeLimitMs: 60_000, peers: plan.peers.filter(({ name }) => name !== 'seeder') },
      { signal: controller.signal, onReady: () => setTimeout(() => controller.abort()) },
    );
    expect((await running).ending).toBe('interrupted');
    expect(leftovers()).toEqual([]);
  });

  it('returns a record also when it is stopped before it began', async () => {
    const record = await runWith(realWorker(), AbortSignal.abort());
    expect(record).toMatchObject({ ending: 'interrupted', elapsedMs: 0 });
    expect(record.peers).toHaveLength(3);
    expect(leftovers()).toEqual([]);
  });
});
