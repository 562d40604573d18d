/** A small scenario as data: drawn at random, made smaller, written as a file of the scenario language. */
import { stringify } from 'yaml';

type Quantities = Readonly<Record<string, unknown>>;

export interface FuzzPeer {
  readonly protocol: 'swarm' | 'spec';
  readonly holds?: 'all' | 'none' | readonly number[];
  readonly policy?: Quantities;
  readonly link?: Quantities;
  readonly arrival?: Quantities;
  readonly session?: Quantities;
}

/** Whom a fault hits: names of peers; of a partition those of one side, the others are the rest. */
export interface FuzzFault {
  readonly kind: string;
  readonly peers: readonly string[];
  /** Its other keys, and those of its effect. */
  readonly timing: Quantities;
  readonly effect: Quantities;
}

export interface FuzzScenario {
  readonly seed: string;
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly lastBytes: number;
  readonly tracker: Quantities;
  readonly faults: readonly FuzzFault[];
  readonly peers: Readonly<Record<string, FuzzPeer>>;
}

/** As a file that `sim` and `fuzz` run. `comment`: its first lines. */
export function scenarioText(scenario: FuzzScenario, timeLimit = '24h', comment = ''): string {
  const { seed, chunks, chunkBytes, lastBytes, tracker, faults, peers } = scenario;
  const size = chunkBytes * (chunks - 1) + lastBytes;
  const document = {
    seed,
    engine: 'virtual',
    content: { generate: { size: `${size}B`, chunk_size: `${chunkBytes}B` } },
    tracker,
    time_limit: timeLimit,
    ...(isBlameless(scenario) && { expect: ['corrupt_chunks == 0', 'bans == 0'] }),
    ...(faults.length > 0 && { faults: faults.map(faultOf) }),
    peers,
  };
  const lines = comment === '' ? [] : comment.split('\n').map((line) => `# ${line}`);
  return [...lines, stringify(document, { lineWidth: 0 })].join('\n');
}

/** Nobody does anything for which it may be blamed, nor spoils what others blame somebody for. */
function isBlameless({ faults }: FuzzScenario): boolean {
  return faults.every(({ kind }) => kind !== 'corrupt' && kind !== 'lie');
}

function faultOf({ kind, peers, timing, effect }: FuzzFault): unknown {
  const set = peers.join(' + ');
  if (kind === 'partition') return { ...timing, partition: { sides: [set, 'rest'], ...effect } };
  return { ...timing, [kind]: kind === 'tracker_down' ? effect : { peers: set, ...effect } };
}

/** Whether what stays to the end holds every chunk: otherwise nobody can be asked to complete. */
export function canComplete({ chunks, peers }: FuzzScenario): boolean {
  const held = new Set<number>();
  for (const { holds, session } of Object.values(peers)) {
    const staysAway = session !== undefined && !('return' in session);
    if (staysAway || holds === undefined || holds === 'none') continue;
    const own = holds === 'all' ? Array.from({ length: chunks }, (_, at) => at + 1) : holds;
    for (const index of own) held.add(index);
  }
  return held.size === chunks;
}
