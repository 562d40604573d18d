import type { Random } from '../../core/interfaces.ts';
import { pick, shuffled } from '../../core/random.ts';
import { between, either, logUniform, oneIn } from './chance.ts';
import type { FuzzFault, FuzzPeer } from './fuzz-scenario.ts';

const FAULTS_MAX = 3;
const AT_MS_MAX = 60_000;
const FOR_MS_MAX = 60_000;

interface Targets {
  readonly peers: readonly Target[];
  /**
   * Somebody who downloads nothing, and so bans nobody, holds all; and whoever holds something from the start tells its
   * hash.
   */
  readonly mayCorrupt: boolean;
}

interface Target {
  readonly name: string;
  /** It holds what nobody else may hold. */
  readonly isNeeded: boolean;
  readonly protocol: FuzzPeer['protocol'];
}

type Draw = (random: Random) => Readonly<Record<string, unknown>>;

/** The kinds with the other keys of their effects. All but `crash` and `reset` last for a time. */
const EFFECTS: Readonly<Record<string, Draw>> = {
  crash: (random) => ({
    return_after: `${Math.round(logUniform(random, 10, FOR_MS_MAX))}ms`,
    ...(oneIn(random, 2) && { keep_chunks: true }),
  }),
  pause: () => ({}),
  partition: (random) => (oneIn(random, 3) ? { one_way: true } : {}),
  slow_down: (random) => ({ factor: pick([0.1, 0.5, 2], random)! }),
  latency_spike: (random) => ({ add: `${Math.round(logUniform(random, 1, 500))}ms` }),
  reset: (random) => ({ probability: pick(['30%', '100%'], random)! }),
  black_hole: () => ({}),
  tracker_down: (random) => ({ forgets: either(random, true, false) }),
  lie: () => ({}),
  corrupt: (random) => ({ probability: pick(['20%', '100%'], random)! }),
  free_ride: () => ({}),
  disk_full: () => ({}),
  slow_disk: () => ({ rate: '20kB/s' }),
};

/** None in half of the scenarios. After the last one has ended, everybody can complete. */
export function drawFaults(random: Random, targets: Targets): readonly FuzzFault[] {
  if (oneIn(random, 2)) return [];
  const kinds = Object.keys(EFFECTS);
  return Array.from({ length: between(random, 1, FAULTS_MAX) }, () => pick(kinds, random)!).flatMap(
    (kind) => drawFault(random, kind, targets) ?? [],
  );
}

function drawFault(random: Random, kind: string, { peers, mayCorrupt }: Targets): FuzzFault | undefined {
  const able = peers.filter(({ isNeeded, protocol }) => {
    if (kind === 'lie') return protocol === 'swarm';
    return kind !== 'corrupt' || (mayCorrupt && !isNeeded);
  });
  const most = kind === 'partition' ? peers.length - 1 : able.length;
  if (most < 1) return undefined;
  const hit = shuffled(able, random).slice(
    0,
    between(random, 1, Math.min(most, oneIn(random, 2) ? 1 : most)),
  );
  const isInstant = kind === 'crash' || kind === 'reset';
  const timing = {
    at: `${Math.round(logUniform(random, 100, AT_MS_MAX))}ms`,
    ...(!isInstant && { for: `${Math.round(logUniform(random, 100, FOR_MS_MAX))}ms` }),
    ...(kind === 'reset' && oneIn(random, 3) && { every: '5s', times: between(random, 2, 4) }),
  };
  const effect = EFFECTS[kind]!(random);
  // Of leechers some come back without what they had.
  const mayForget = kind === 'crash' && hit.every(({ isNeeded }) => !isNeeded) && oneIn(random, 3);
  return {
    kind,
    peers: hit.map(({ name }) => name),
    timing,
    effect: mayForget ? { ...effect, keep_chunks: false } : effect,
  };
}
