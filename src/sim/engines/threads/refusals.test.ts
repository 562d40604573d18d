import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../core/errors.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { unlimitedLink, type FaultEffect, type Plan } from '../../plan/plan.ts';
import { hostOf, positionOf, whyAddresses } from './addresses.ts';
import { requireHonourable } from './refusals.ts';

const peers = [plannedPeer('a'), plannedPeer('b', { protocol: 'spec' })];

function planWith(effect: FaultEffect): Plan {
  const when = { kind: 'time', atMs: 0 } as const;
  return planOf(peers, { faults: [{ name: 'bad day', when, forMs: null, again: null, effect }] });
}

describe('what the threads engine cannot do', () => {
  it.each<[FaultEffect, RegExp]>([
    [{ kind: 'pause', peers: ['tracker'] }, /fault bad day: pause is for peers, not for the tracker/],
    [{ kind: 'pause', peers: ['c'] }, /names a peer that is not in the plan \(c\)/],
    [{ kind: 'lie', peers: ['b'] }, /b speaks the spec protocol/],
  ])('is refused by name: %j', (effect, message) => {
    expect(() => requireHonourable(planWith(effect))).toThrow(ConfigError);
    expect(() => requireHonourable(planWith(effect))).toThrow(message);
  });

  it('is not what it can: the tracker among sides and resets', () => {
    const partition: FaultEffect = { kind: 'partition', sides: [['a'], ['tracker', 'b']], oneWay: false };
    const refusing = (effect: FaultEffect) => () => requireHonourable(planWith(effect));
    expect(refusing(partition)).not.toThrow();
    expect(refusing({ kind: 'reset', peers: ['tracker'], probability: 1 })).not.toThrow();
    expect(refusing({ kind: 'tracker-down', forgets: true })).not.toThrow();
  });
});

describe('loopback addresses', () => {
  it('are needed where a plan sets apart who is at the other end', () => {
    const window = { ...unlimitedLink, window: { bytes: 1000, slowStart: false } };
    const partition: FaultEffect = { kind: 'partition', sides: [['a'], ['b']], oneWay: false };
    expect(whyAddresses(planWith(partition))).toBe('fault bad day');
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
