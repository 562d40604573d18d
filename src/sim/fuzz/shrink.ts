import { canComplete, type FuzzFault, type FuzzPeer, type FuzzScenario } from './fuzz-scenario.ts';

/** Runs at most: each is one more try to leave something out. */
const TRIES_MAX = 400;

export interface Shrunken {
  readonly scenario: FuzzScenario;
  readonly tries: number;
}

/**
 * Leaves out faults, peers, chunks and settings as long as what is left still fails in the same way: by `fails`.
 * Greedy; the large parts first.
 */
export async function shrink(
  scenario: FuzzScenario,
  fails: (candidate: FuzzScenario) => Promise<boolean>,
): Promise<Shrunken> {
  let least = scenario;
  let tries = 0;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smaller(least)) {
      if (tries >= TRIES_MAX) return { scenario: least, tries };
      tries++;
      if (!(await fails(candidate))) continue;
      least = candidate;
      isSmaller = true;
      break;
    }
  }
  return { scenario: least, tries };
}

/** Each with one thing less, and still such that everybody can complete. */
function smaller(scenario: FuzzScenario): FuzzScenario[] {
  const names = Object.keys(scenario.peers);
  return [
    ...scenario.faults.map((_, at) => ({ ...scenario, faults: scenario.faults.toSpliced(at, 1) })),
    ...(names.length > 2 ? names.map((name) => withoutPeer(scenario, name)) : []),
    ...fewerChunks(scenario),
    ...names.flatMap((name) => simplerPeers(scenario, name)),
    ...Object.keys(scenario.tracker).map((key) => ({ ...scenario, tracker: without(scenario.tracker, key) })),
    ...scenario.faults.flatMap((fault, at) => simplerFaults(scenario, fault, at)),
  ].filter(canComplete);
}

function withoutPeer(scenario: FuzzScenario, name: string): FuzzScenario {
  const faults = scenario.faults
    .map((fault) => ({ ...fault, peers: fault.peers.filter((other) => other !== name) }))
    .filter(({ peers, kind }) => peers.length > 0 || kind === 'tracker_down');
  return { ...scenario, faults, peers: without(scenario.peers, name) };
}

function fewerChunks(scenario: FuzzScenario): FuzzScenario[] {
  const { chunks, chunkBytes, lastBytes } = scenario;
  const counts = [...new Set([1, chunks >> 1, chunks - 1])].filter((count) => count >= 1 && count < chunks);
  const smallerChunks = chunkBytes > 1 ? [Math.max(1, chunkBytes >> 1)] : [];
  return [
    ...counts.map((count) => ({ ...scenario, chunks: count, peers: heldUpTo(scenario.peers, count) })),
    ...smallerChunks.map((bytes) => ({
      ...scenario,
      chunkBytes: bytes,
      lastBytes: Math.min(lastBytes, bytes),
    })),
    ...(lastBytes < chunkBytes ? [{ ...scenario, lastBytes: chunkBytes }] : []),
  ];
}

function heldUpTo(peers: FuzzScenario['peers'], chunks: number): FuzzScenario['peers'] {
  return Object.fromEntries(
    Object.entries(peers).map(([name, peer]): [string, FuzzPeer] => {
      if (!Array.isArray(peer.holds)) return [name, peer];
      const kept = (peer.holds as readonly number[]).filter((index) => index <= chunks);
      return [name, { ...peer, holds: kept.length === 0 ? 'none' : kept }];
    }),
  );
}

function simplerPeers(scenario: FuzzScenario, name: string): FuzzScenario[] {
  const peer = scenario.peers[name]!;
  const parts = (['session', 'arrival', 'policy', 'link'] as const).filter(
    (part) => peer[part] !== undefined,
  );
  const candidates: FuzzPeer[] = [
    ...parts.map((part) => without(peer, part)),
    ...(['policy', 'link'] as const).flatMap((part) =>
      Object.keys(peer[part] ?? {}).length > 1
        ? Object.keys(peer[part] ?? {}).map((key) => ({ ...peer, [part]: without(peer[part]!, key) }))
        : [],
    ),
    ...(Array.isArray(peer.holds) ? [{ ...peer, holds: 'all' as const }] : []),
  ];
  return candidates.map((instead) => ({ ...scenario, peers: { ...scenario.peers, [name]: instead } }));
}

function simplerFaults(scenario: FuzzScenario, fault: FuzzFault, at: number): FuzzScenario[] {
  const fewer = fault.peers.length > 1 ? fault.peers.map((_, i) => fault.peers.toSpliced(i, 1)) : [];
  const once =
    'every' in fault.timing ? [{ ...fault, timing: without(without(fault.timing, 'every'), 'times') }] : [];
  return [...fewer.map((peers) => ({ ...fault, peers })), ...once].map((instead) => ({
    ...scenario,
    faults: scenario.faults.with(at, instead),
  }));
}

function without<Map extends object>(map: Map, key: string): Map {
  return Object.fromEntries(Object.entries(map).filter(([own]) => own !== key)) as Map;
}
