import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { folderOfTest } from '../../test/support/folder-of-test.ts';
import { ConfigError } from '../core/errors.ts';
import type { SwarmEvent } from '../core/events.ts';
import { checkDeterminism } from './determinism.ts';
import type { Engine, RunRecord } from './engines/engine.ts';
import { virtualEngine } from './engines/virtual/virtual-engine.ts';
import { planOf, plannedPeer, testEnvironment } from './measure/fixture.ts';

const plan = planOf([plannedPeer('seeder', { holds: { kind: 'all' } }), plannedPeer('leecher')], {
  engine: { name: 'virtual', peersPerWorker: 1 },
});
const components = { environment: testEnvironment, signal: new AbortController().signal };

/** An engine whose second run differs from its first. */
function fickle({
  event: changeEvent = (event) => event,
  record: changeRecord = (record) => record,
}: {
  event?: (event: SwarmEvent, at: number) => SwarmEvent | undefined;
  record?: (record: RunRecord) => RunRecord;
}): Engine {
  const engine = virtualEngine();
  let runs = 0;
  return {
    ...engine,
    run: async (given, watcher) => {
      if (runs++ === 0) return engine.run(given, watcher);
      let at = 0;
      const onEvent = (event: SwarmEvent): void => {
        const changed = changeEvent(event, at++);
        if (changed !== undefined) watcher.onEvent?.(changed);
      };
      return changeRecord(await engine.run(given, { ...watcher, onEvent }));
    },
  };
}

it('two runs of a plan in virtual time are the same to the byte', async () => {
  const { events, difference } = await checkDeterminism(plan, { ...components, engine: virtualEngine() });
  expect(difference).toBeNull();
  expect(events).toBeGreaterThan(10);
});

it('the first event that differs is shown', async () => {
  const engine = fickle({ event: (event, at) => (at >= 3 ? { ...event, atMs: event.atMs + 1 } : event) });
  const { difference } = await checkDeterminism(plan, { ...components, engine });
  expect(difference!.where).toBe('event 4');
  expect(JSON.parse(difference!.second)).toMatchObject({
    atMs: (JSON.parse(difference!.first) as SwarmEvent).atMs + 1,
  });
});

it('so is one that is missing, also at the end', async () => {
  const { events } = await checkDeterminism(plan, { ...components, engine: virtualEngine() });
  const engine = fickle({ event: (event, at) => (at < events - 1 ? event : undefined) });
  const { difference } = await checkDeterminism(plan, { ...components, engine });
  expect(difference).toMatchObject({ where: `event ${events}`, second: 'no event' });
});

it('leaves no temporary file behind', async () => {
  const folder = folderOfTest('determinism-');
  vi.stubEnv('TMPDIR', folder);
  await checkDeterminism(plan, { ...components, engine: virtualEngine() });
  vi.unstubAllEnvs();
  expect(readdirSync(folder)).toEqual([]);
});

it('so is a figure that differs though no event does; what is told of the host may differ', async () => {
  const engine = fickle({
    record: (record) => ({
      ...record,
      startedAt: '2001-01-01T00:00:00.000Z',
      host: { ...record.host, maxRssBytes: 1 },
      tracker: { ...record.tracker, messagesSent: 1234 },
    }),
  });
  const { difference } = await checkDeterminism(plan, { ...components, engine });
  expect(difference).toMatchObject({ where: 'result.tracker.traffic.messagesSent', second: '1234' });
});

it('a plan for real time is refused, with what helps', async () => {
  const real = { ...plan, engine: { peersPerWorker: 1 } };
  const checking = checkDeterminism(real, { ...components, engine: virtualEngine() });
  await expect(checking).rejects.toThrow(ConfigError);
  await expect(checking).rejects.toThrow(/--engine virtual/);
});
