/** A fault as written → what the scenario holds of it. */
import { EFFECT_KEYS, type WrittenFault } from '../language/fault-schema.ts';
import type { ScenarioEffect, ScenarioFault, Targets } from '../language/scenario.ts';
import type { PeerSet } from '../expressions/peer-sets.ts';

interface WrittenTargets {
  readonly peers: PeerSet;
  readonly count?: number | undefined;
  readonly share?: number | undefined;
}

/** Faults without a name are called by their kind and their number among those of their kind. */
export function resolveFaults(written: readonly WrittenFault[]): readonly ScenarioFault[] {
  const numbers = new Map<string, number>();
  return written.map((fault) => {
    const effect = resolveEffect(fault);
    const number = (numbers.get(effect.kind) ?? 0) + (fault.name === undefined ? 1 : 0);
    numbers.set(effect.kind, number);
    return {
      name: fault.name ?? `${effect.kind} ${number}`,
      when:
        fault.when === undefined
          ? { kind: 'time', atMs: fault.at ?? { kind: 'constant', value: 0 } }
          : { kind: 'condition', condition: fault.when, delayMs: fault.delay ?? 0 },
      forMs: fault.for ?? null,
      again: fault.every === undefined ? null : { everyMs: fault.every, times: fault.times ?? null },
      effect,
    };
  });
}

/** The key under which the fault's effect stands. */
export function effectKeyOf(fault: WrittenFault): (typeof EFFECT_KEYS)[number] {
  return EFFECT_KEYS.find((key) => fault[key] !== undefined)!;
}

function targetsOf({ peers, count, share }: WrittenTargets): Targets {
  if (count !== undefined) return { set: peers, take: { kind: 'count', value: count } };
  return { set: peers, take: share === undefined ? null : { kind: 'share', value: share } };
}

function resolveEffect(fault: WrittenFault): ScenarioEffect {
  const key = effectKeyOf(fault);
  switch (key) {
    case 'crash': {
      const { return_after: returnAfterMs = null, keep_chunks: keepChunks = true, ...peers } = fault.crash!;
      return { kind: key, targets: targetsOf(peers), returnAfterMs, keepChunks };
    }
    case 'partition': {
      const { sides, one_way: oneWay } = fault.partition!;
      return { kind: key, sides: sides.map((side) => (side === null ? null : targetsOf(side))), oneWay };
    }
    case 'slow_down':
      return { kind: 'slow-down', targets: targetsOf(fault.slow_down!), factor: fault.slow_down!.factor };
    case 'latency_spike':
      return {
        kind: 'latency-spike',
        targets: targetsOf(fault.latency_spike!),
        addMs: fault.latency_spike!.add,
      };
    case 'reset':
      return { kind: key, targets: targetsOf(fault.reset!), probability: fault.reset!.probability ?? 1 };
    case 'corrupt':
      return { kind: key, targets: targetsOf(fault.corrupt!), probability: fault.corrupt!.probability };
    case 'tracker_down':
      return { kind: 'tracker-down', forgets: fault.tracker_down!.forgets };
    case 'slow_disk':
      return { kind: 'slow-disk', targets: targetsOf(fault.slow_disk!), bytesPerSec: fault.slow_disk!.rate };
    case 'pause':
    case 'lie':
      return { kind: key, targets: targetsOf(fault[key]!) };
    case 'black_hole':
      return { kind: 'black-hole', targets: targetsOf(fault.black_hole!) };
    case 'free_ride':
      return { kind: 'free-ride', targets: targetsOf(fault.free_ride!) };
    case 'disk_full':
      return { kind: 'disk-full', targets: targetsOf(fault.disk_full!) };
  }
}
