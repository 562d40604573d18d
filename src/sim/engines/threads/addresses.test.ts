import { describe, expect, it } from 'vitest';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { unlimitedLink, type FaultEffect } from '../../plan/plan.ts';
import { hostOf, positionOf, whyAddresses } from './addresses.ts';

const peers = [plannedPeer('a'), plannedPeer('b')];

describe('loopback addresses', () => {
  it('are needed where a plan sets apart who is at the other end', () => {
    const window = { ...unlimitedLink, window: { bytes: 1000, slowStart: false } };
    const partition: FaultEffect = { kind: 'partition', sides: [['a'], ['b']], oneWay: false };
    const when = { kind: 'time', atMs: 0 } as const;
    const bad = { name: 'bad day', when, forMs: null, again: null, effect: partition };
    expect(whyAddresses(planOf(peers, { faults: [bad] }))).toBe('fault bad day');
    expect(whyAddresses(planOf(peers, { regions: { names: ['x'], delayMs: [[1]] } }))).toBe('regions');
    expect(whyAddresses(planOf([plannedPeer('a', { link: window })]))).toBe('link.window');
    expect(whyAddresses(planOf(peers))).toBeUndefined();
  });

  it('are one for each position, and found again', () => {
    const positions = [0, 1, 253, 254, 1000, 65_023];
    expect(positions.map(hostOf)).toEqual([
      '127.1.0.1',
      '127.1.0.2',
      '127.1.0.254',
      '127.1.1.1',
      '127.1.3.239',
      '127.1.255.254',
    ]);
    expect(positions.map((position) => positionOf(hostOf(position)))).toEqual(positions);
    expect(positionOf('127.0.0.1')).toBeUndefined();
    expect(positionOf('localhost')).toBeUndefined();
  });
});
