/** Whether a condition of the plan holds: a figure of the run so far, compared with a value. */
import { assertNever } from '../../core/errors.ts';
import type { ChunkSet } from '../../core/chunk-set.ts';
import { satisfies } from '../analyse/satisfies.ts';
import type { Condition, LiveFigure } from '../plan/plan.ts';

/** What can be known of a peer while the swarm runs. */
export interface LivePeer {
  readonly name: string;
  readonly mustComplete: boolean;
  /** Has been in the swarm, whether or not it still is. */
  readonly hasJoined: boolean;
  /** Is in the swarm. */
  readonly isAlive: boolean;
  readonly complete: boolean;
  readonly held: ChunkSet;
  /** Bytes that it lacked at the start, and how many of those are here. */
  readonly wantedBytes: number;
  readonly gotBytes: number;
}

export interface LiveSwarm {
  /** Since the start of the distribution. */
  readonly nowMs: number;
  readonly totalChunks: number;
  readonly peers: readonly LivePeer[];
}

export function isMet({ figure, comparison, value }: Condition, swarm: LiveSwarm): boolean {
  const current = figureOf(figure, swarm);
  return current !== undefined && satisfies(current, comparison, value);
}

/** undefined: there is nothing to tell of; a condition on it does not hold. */
export function figureOf(figure: LiveFigure, swarm: LiveSwarm): number | undefined {
  switch (figure.kind) {
    case 'completed':
      return counted(figure, swarm, (peer) => peer.complete && peer.hasJoined);
    case 'joined':
      return counted(figure, swarm, (peer) => peer.hasJoined);
    case 'alive':
      return counted(figure, swarm, (peer) => peer.isAlive);
    case 'progress':
      return progress(chosen(figure.peers, swarm));
    case 'elapsed':
      return swarm.nowMs;
    case 'availability':
      return availability(swarm);
    default:
      return assertNever(figure);
  }
}

function counted(
  { peers, unit }: { readonly peers?: readonly string[]; readonly unit: 'share' | 'count' },
  swarm: LiveSwarm,
  is: (peer: LivePeer) => boolean,
): number | undefined {
  const among = chosen(peers, swarm);
  const count = among.filter(is).length;
  if (unit === 'count') return count;
  return among.length === 0 ? undefined : count / among.length;
}

function chosen(names: readonly string[] | undefined, { peers }: LiveSwarm): readonly LivePeer[] {
  if (names === undefined) return peers.filter(({ mustComplete }) => mustComplete);
  const wanted = new Set(names);
  return peers.filter(({ name }) => wanted.has(name));
}

function progress(peers: readonly LivePeer[]): number | undefined {
  let wanted = 0;
  let got = 0;
  for (const peer of peers) {
    wanted += peer.wantedBytes;
    got += peer.gotBytes;
  }
  return wanted === 0 ? undefined : got / wanted;
}

/** As the metric of that name: undefined until every chunk has had a holder, so that a late seeder loses nothing. */
function availability({ peers, totalChunks }: LiveSwarm): number | undefined {
  const copies = new Uint32Array(totalChunks);
  const seen = new Uint8Array(totalChunks);
  for (const { isAlive, hasJoined, held } of peers) {
    if (!hasJoined) continue;
    for (const index of held) {
      seen[index - 1] = 1;
      if (isAlive) copies[index - 1]!++;
    }
  }
  return seen.includes(0) ? undefined : copies.reduce((least, count) => Math.min(least, count), Infinity);
}
