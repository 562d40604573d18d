import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import {
  joinedEvent,
  peerRecord,
  planOf,
  plannedPeer,
  receivedEvent,
  recordOf,
  testEnvironment,
  measure,
} from './fixture.ts';

/** A seeder and a leecher, four chunks; the run lasts 4 s and does not complete. */
function availability(events: readonly SwarmEvent[]) {
  const plan = planOf([plannedPeer('seeder', { holds: { kind: 'all' } }), plannedPeer('leecher')]);
  const records = [peerRecord('seeder'), peerRecord('leecher', { integrity: 'incomplete' })];
  return measure(plan, recordOf(events, records, { ending: 'stalled' }), testEnvironment).swarm.availability;
}

const start = [joinedEvent('seeder', 0, 1, 4), joinedEvent('leecher', 1, 2)];
const left = (peer: string, atMs: number): SwarmEvent => ({ type: 'peer-left', atMs, peer });
const crashed = (peer: string, atMs: number): SwarmEvent => ({ type: 'peer-crashed', atMs, peer });

describe('availability', () => {
  it('counts the copies of the rarest chunk among the peers present', () => {
    const all = [1, 2, 3, 4].map((index) => receivedEvent('leecher', 100 * index, index, 1));
    expect(availability([...start, ...all.slice(0, 3)])).toEqual({ min: 1, end: 1 });
    expect(availability([...start, ...all])).toEqual({ min: 1, end: 2 });
  });

  it('is 0 once the only holder of a chunk is gone', () => {
    const gone = [...start, receivedEvent('leecher', 100, 1, 1), left('seeder', 200)];
    expect(availability(gone)).toEqual({ min: 0, end: 0 });
  });

  it('rises again when the holder comes back, and remembers that it was 0', () => {
    const back = [...start, crashed('seeder', 200), joinedEvent('seeder', 300, 3, 4)];
    expect(availability(back)).toEqual({ min: 0, end: 1 });
  });

  it('forgets what a peer lost between its stays', () => {
    const all = [1, 2, 3, 4].map((index) => receivedEvent('leecher', 100 * index, index, 1));
    const back = [...start, ...all, crashed('leecher', 500), joinedEvent('leecher', 600, 3, 0)];
    expect(availability(back)).toEqual({ min: 1, end: 1 });
  });

  it('has no data when no instant had a holder for every chunk', () => {
    expect(availability([joinedEvent('leecher', 0, 1)])).toBeNull();
  });
});
