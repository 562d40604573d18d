import { expect, it } from 'vitest';
import { ConfigError } from '../core/errors.ts';
import { checkDeterminism } from './determinism.ts';
import type { Engine } from './engines/engine.ts';
import { virtualEngine } from './engines/virtual/virtual-engine.ts';
import { planOf, plannedPeer, testEnvironment } from './measure/fixture.ts';

const plan = planOf([plannedPeer('seeder', { holds: { kind: 'all' } }), plannedPeer('leecher')], {
  engine: { name: 'virtual', peersPerWorker: 1 },
});
const components = { environment: testEnvironment, signal: new AbortController().signal };

/** An engine whose second run differs from its first. */
function fickle(
  change: (record: Awaited<ReturnType<Engine['run']>>) => Awaited<ReturnType<Engine['run']>>,
): Engine {
  const engine = virtualEngine();
  let runs = 0;
  return {
    ...engine,
    run: async (...given) => {
      const record = await engine.run(...given);
      return runs++ === 0 ? record : change(record);
    },
  };
}

it('two runs of a plan in virtual time are the same to the byte', async () => {
  const { events, difference } = await checkDeterminism(plan, { ...components, engine: virtualEngine() });
  expect(difference).toBeNull();
  expect(events).toBeGreaterThan(10);
});

it('the first event that differs is shown', async () => {
  const engine = fickle((record) => ({
    ...record,
    events: record.events.map((event, at) => (at === 3 ? { ...event, atMs: event.atMs + 1 } : event)),
  }));
  const { difference } = await checkDeterminism(plan, { ...components, engine });
  expect(difference!.where).toBe('event 4');
  expect(difference!.first).not.toBe(difference!.second);
});

it('so is a figure that differs though no event does; what is told of the host may differ', async () => {
  const engine = fickle((record) => ({
    ...record,
    startedAt: '2001-01-01T00:00:00.000Z',
    host: { ...record.host, maxRssBytes: 1 },
    tracker: { ...record.tracker, messagesSent: 1234 },
  }));
  const { difference } = await checkDeterminism(plan, { ...components, engine });
  expect(difference).toMatchObject({ where: 'result.tracker.traffic.messagesSent', second: '1234' });
});

it('a plan for real time is refused, with what helps', async () => {
  const real = { ...plan, engine: { peersPerWorker: 1 } };
  const checking = checkDeterminism(real, { ...components, engine: virtualEngine() });
  await expect(checking).rejects.toThrow(ConfigError);
  await expect(checking).rejects.toThrow(/--engine virtual/);
});
