/** What this engine cannot do of what a plan may ask, by name and before anything has started. */
import { ConfigError } from '../../../core/errors.ts';
import { TRACKER, targetsOf } from '../../faults/occurrence.ts';
import type { Plan, PlannedFault } from '../../plan/plan.ts';
import { needsAddresses } from './addresses.ts';

/** @throws {ConfigError} naming the setting and why it cannot be honoured */
export function requireHonourable(plan: Plan, platform: NodeJS.Platform): void {
  requireAddresses(plan, platform);
  for (const fault of plan.faults) requireFault(fault, plan);
}

/** Other systems have but one loopback address, unless somebody sets up more. */
function requireAddresses(plan: Plan, platform: NodeJS.Platform): void {
  if (platform === 'linux' || !needsAddresses(plan)) return;
  const partition = plan.faults.find(({ effect }) => effect.kind === 'partition');
  const what =
    plan.regions !== null ? 'regions' : partition !== undefined ? `fault ${partition.name}` : 'link.window';
  throw new ConfigError(
    `${what} needs a loopback address for each peer, which only Linux has without being set up; this is ${platform}`,
  );
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
        `fault ${name}: ${target} speaks the spec protocol, in which this engine cannot make a peer lie; ` +
          'let it speak the swarm protocol, or leave it out',
      );
    }
  }
}
