import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../core/errors.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { unlimitedLink, type FaultEffect, type Plan } from '../../plan/plan.ts';
import { hostOf, needsAddresses, positionOf } from './addresses.ts';
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
    expect(() => requireHonourable(planWith(effect), 'linux')).toThrow(ConfigError);
    expect(() => requireHonourable(planWith(effect), 'linux')).toThrow(message);
  });

  it('is not what it can: the tracker among sides and resets', () => {
    const partition: FaultEffect = { kind: 'partition', sides: [['a'], ['tracker', 'b']], oneWay: false };
    const refusing = (effect: FaultEffect, system: NodeJS.Platform) => () => {
      requireHonourable(planWith(effect), system);
    };
    expect(refusing(partition, 'linux')).not.toThrow();
    expect(refusing({ kind: 'reset', peers: ['tracker'], probability: 1 }, 'linux')).not.toThrow();
    expect(refusing({ kind: 'tracker-down', forgets: true }, 'darwin')).not.toThrow();
  });

  it('on other systems is whatever needs an address for each peer', () => {
    const window = { ...unlimitedLink, window: { bytes: 1000, slowStart: false } };
    const cases: [Plan, RegExp][] = [
      [
        planWith({ kind: 'partition', sides: [['a'], ['b']], oneWay: false }),
        /fault bad day needs .* darwin/,
      ],
      [planOf(peers, { regions: { names: ['x'], delayMs: [[1]] } }), /^regions needs/],
      [planOf([plannedPeer('a', { link: window })]), /^link.window needs/],
    ];
    for (const [plan, message] of cases) {
      expect(() => requireHonourable(plan, 'darwin')).toThrow(message);
      requireHonourable(plan, 'linux');
    }
    expect(needsAddresses(planOf(peers))).toBe(false);
  });
});

describe('loopback addresses', () => {
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
