import { expect, it } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import type { Shortage } from '../plan/shortage.ts';
import { planOf, plannedPeer } from '../measure/fixture.ts';
import { describeCarrier, forecast } from './forecast.ts';

const plan = planOf([plannedPeer('seeder', { holds: { kind: 'all' } }), plannedPeer('leecher')]);
const files: Shortage = {
  what: 'open files',
  unit: 'count',
  needed: 2,
  available: 1,
  remedy: 'raise ulimit -n',
};

function engineOf(name: Engine['name'], shortages: readonly Shortage[]): Engine {
  return {
    name,
    check: () => shortages,
    needs: () => ({
      threads: 1,
      memoryBytes: 900 * 1024 ** 2,
      descriptorsMax: 0,
      diskBytes: 0,
      setupMs: 1000,
      runMs: 40_000,
    }),
    run: () => Promise.reject(new Error('nothing is started')),
  };
}

it('a plan too large for its engine is told which one carries it, and what that takes', () => {
  const { carriedBy, shortages } = forecast(plan, engineOf('threads', [files]), [engineOf('virtual', [])]);
  expect(shortages).toEqual([files]);
  expect(describeCarrier(carriedBy!)).toBe(
    '--engine virtual can run it: about 41 s and 900 MiB of memory on this machine',
  );
});

it('nothing of the kind is told where the engine has enough, or no other has', () => {
  const virtual = engineOf('virtual', []);
  expect(forecast(plan, engineOf('threads', []), [virtual]).carriedBy).toBeNull();
  expect(forecast(plan, engineOf('threads', [files]), [engineOf('virtual', [files])]).carriedBy).toBeNull();
});
