/** What no engine can do of what a plan may ask, by name and before anything has started. */
import { ConfigError } from '../../../core/errors.ts';
import { TRACKER, targetsOf } from '../../faults/occurrence.ts';
import type { Plan, PlannedFault } from '../../plan/plan.ts';

/** @throws {ConfigError} naming the setting and why it cannot be honoured */
export function requireHonourable(plan: Plan): void {
  for (const fault of plan.faults) requireFault(fault, plan);
}

function requireFault({ name, effect }: PlannedFault, { peers }: Plan): void {
  const byName = new Map(peers.map((peer) => [peer.name, peer]));
  for (const target of targetsOf(effect)) {
    if (target === TRACKER && ['partition', 'reset', 'tracker-down'].includes(effect.kind)) continue;
    const peer = byName.get(target);
    if (peer === undefined) {
      const why =
        target === TRACKER ? 'is for peers, not for the tracker' : `names a peer that is not in the plan`;
      throw new ConfigError(`fault ${name}: ${effect.kind} ${why} (${target})`);
    }
    if (effect.kind === 'lie' && peer.protocol === 'spec') {
      throw new ConfigError(
        `fault ${name}: ${target} speaks the spec protocol, and the laboratory can make a peer lie only in the swarm protocol; ` +
          'give it protocol: swarm, or leave it out of the fault',
      );
    }
  }
}

/**
 * Peers on sockets pace themselves; nothing there is shared by those of a region.
 *
 * @throws {ConfigError} naming the setting
 */
export function requireNoSharedRates({ regions }: Plan): void {
  if (regions?.capacityBytesPerSec === undefined) return;
  throw new ConfigError(
    'regions.capacity has no effect on sockets, where each peer paces its own link; add --engine virtual, or remove it',
  );
}

/**
 * The engines of one machine have one host.
 *
 * @throws {ConfigError} naming the setting
 */
export function requireNoPlacement({ engine }: Plan): void {
  if (engine.placement === undefined) return;
  throw new ConfigError(
    `engine.placement has no effect with engine: ${engine.name}, where all peers live on one machine; ` +
      'remove it (--set engine.placement=null), or add --engine cluster',
  );
}
