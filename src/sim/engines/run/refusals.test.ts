import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../core/errors.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import type { FaultEffect, Plan } from '../../plan/plan.ts';
import { requireHonourable } from './refusals.ts';

const peers = [plannedPeer('a'), plannedPeer('b', { protocol: 'spec' })];

function planWith(effect: FaultEffect): Plan {
  const when = { kind: 'time', atMs: 0 } as const;
  return planOf(peers, { faults: [{ name: 'bad day', when, forMs: null, again: null, effect }] });
}

describe('what no engine can do', () => {
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
