/**
 * The engine in virtual time: the same peers and tracker as on sockets, over a network in memory and a clock that
 * goes from event to event. A run is a function of its plan and of the code alone.
 */
import { ConfigError } from '../../../core/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Engine } from '../engine.ts';
import { useV8Flags } from '../run/v8-flags.ts';
import { requireHonourable, requireNoPlacement } from '../run/refusals.ts';
import { PEERS_MAX } from './addresses.ts';
import { needsOf, shortagesOf } from './capacity.ts';
import type { VirtualRunOptions } from './virtual-run.ts';

/**
 * A run is over within seconds, of which V8 takes up to four tenths to compile what it executes most. Where it puts
 * fewer functions into one another it compiles less of the same code again and again, and what comes of it fits better
 * into the caches; see docs/benchmarks.md.
 */
const INLINED_BYTES_MAX = 350;

export function virtualEngine(options: VirtualRunOptions = {}): Engine {
  return {
    name: 'virtual',
    check(plan) {
      requireHonourable(plan);
      requireNoSlice(plan);
      requireNoPlacement(plan);
      if (plan.peers.length > PEERS_MAX) {
        throw new ConfigError(
          `the plan has ${plan.peers.length} peers, but the virtual engine has addresses for ${PEERS_MAX}; take fewer peers`,
        );
      }
      return shortagesOf(plan);
    },
    needs: needsOf,
    async run(plan, watcher) {
      requireHonourable(plan);
      requireNoSlice(plan);
      requireNoPlacement(plan);
      useV8Flags({ 'max-inlined-bytecode-size-cumulative': INLINED_BYTES_MAX });
      const { VirtualRun } = await import('./virtual-run.ts');
      return new VirtualRun(plan, watcher, options).run();
    },
  };
}

/** Exact clocks let go of everything at its time. */
function requireNoSlice({ engine }: Plan): void {
  if (engine.sliceMs === undefined) return;
  throw new ConfigError(
    'engine.slice has no effect in virtual time, where rates need no slices; remove it, or add --engine threads',
  );
}
