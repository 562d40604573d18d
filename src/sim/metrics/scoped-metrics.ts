/** Metrics of a group of peers and of a single one. */
import { quantileSorted } from 'simple-statistics';
import { completionTimesMs } from '../result/completion-times.ts';
import type { PeerFigures } from '../result/result.ts';
import {
  MOST_WITH_LEAK,
  type GroupSource,
  type MetricDefinition,
  type Most,
  type PeerSource,
} from './metric.ts';
import { distributed, jainIndex, type Distributed } from '../analyse/statistics.ts';

type GroupMetric = MetricDefinition<GroupSource>;
type PeerMetric = MetricDefinition<PeerSource>;

const completion = (figure: CompletionFigure): GroupMetric => ({
  unit: 'ms',
  better: 'lower',
  most: 'end',
  read: ({ members }) => completionOf(members, figure, distributed(completionTimesMs(members))),
});

const bytes = (figure: ByteFigure, better: GroupMetric['better']): GroupMetric => ({
  unit: 'bytes',
  better,
  read: ({ members }) => total(members, figure),
});

export const groupMetrics: ReadonlyMap<string, GroupMetric> = new Map<string, GroupMetric>([
  ['peers', { unit: 'count', better: 'neither', most: 'peers', read: ({ members }) => members.length }],
  ['completed', { unit: 'share', better: 'higher', read: ({ members }) => completedOfAll(members) }],
  ['completion.min', completion('min')],
  ['completion.median', completion('median')],
  ['completion.mean', completion('mean')],
  ['completion.p95', completion('p95')],
  ['completion.max', completion('max')],
  [
    'progress',
    {
      unit: 'share',
      better: 'higher',
      read: ({ members, result }) => progress(members, result.swarm.totalChunks),
    },
  ],
  [
    'integrity',
    {
      unit: 'share',
      better: 'higher',
      read: ({ members, result }) => intactShare(members, result.swarm.totalChunks),
    },
  ],
  ['uploaded', bytes('uploadedBytes', 'neither')],
  ['downloaded', bytes('downloadedBytes', 'neither')],
  ['useful', bytes('usefulBytes', 'higher')],
  ['wasted', bytes('wastedBytes', 'lower')],
  ['waste', { unit: 'share', better: 'lower', read: ({ members }) => waste(members) }],
  [
    'upload_share',
    {
      unit: 'share',
      better: 'neither',
      read: ({ members, result }) =>
        share(total(members, 'uploadedBytes'), total(result.peers, 'uploadedBytes')),
    },
  ],
  [
    'share_ratio',
    {
      unit: 'number',
      better: 'neither',
      read: ({ members }) => share(total(members, 'uploadedBytes'), total(members, 'downloadedBytes')),
    },
  ],
  [
    'fairness',
    {
      unit: 'number',
      better: 'higher',
      most: 1,
      read: ({ members }) =>
        jainIndex(
          members.filter(({ joinedMs }) => joinedMs !== null).map(({ uploadedBytes }) => uploadedBytes),
        ),
    },
  ],
  [
    'upload_utilisation',
    {
      unit: 'share',
      better: 'higher',
      most: MOST_WITH_LEAK,
      read: ({ members }) => meanUtilisation(members),
    },
  ],
]);

const ofPeer = (
  unit: PeerMetric['unit'],
  better: PeerMetric['better'],
  read: (peer: PeerFigures) => number | null,
  most?: Most,
): PeerMetric => ({
  unit,
  better,
  ...(most !== undefined && { most }),
  read: ({ peer }) => read(peer),
});

export const peerMetrics: ReadonlyMap<string, PeerMetric> = new Map<string, PeerMetric>([
  ['joined', ofPeer('ms', 'neither', ({ joinedMs }) => joinedMs, 'end')],
  ['completed', ofPeer('share', 'higher', (peer) => completedOfAll([peer]))],
  ['completion', ofPeer('ms', 'lower', ({ completionMs }) => completionMs, 'end')],
  [
    'progress',
    {
      unit: 'share',
      better: 'higher',
      read: ({ peer, result }) => progress([peer], result.swarm.totalChunks),
    },
  ],
  [
    'integrity',
    ofPeer('share', 'higher', (peer) =>
      peer.integrity === 'unchecked' ? null : Number(peer.integrity === 'intact'),
    ),
  ],
  ['uploaded', ofPeer('bytes', 'neither', ({ uploadedBytes }) => uploadedBytes)],
  ['downloaded', ofPeer('bytes', 'neither', ({ downloadedBytes }) => downloadedBytes)],
  ['useful', ofPeer('bytes', 'higher', ({ usefulBytes }) => usefulBytes)],
  ['wasted', ofPeer('bytes', 'lower', ({ wastedBytes }) => wastedBytes)],
  ['waste', ofPeer('share', 'lower', (peer) => waste([peer]))],
  ['share_ratio', ofPeer('number', 'neither', ({ shareRatio }) => shareRatio)],
  [
    'upload_utilisation',
    ofPeer('share', 'higher', ({ uploadUtilisation }) => uploadUtilisation, MOST_WITH_LEAK),
  ],
]);

/**
 * `completion.p99`: of a swarm, a group or a set, any percentile above 0 and below 100, up to three decimals.
 *
 * @param name of the figure, without its scope
 */
export function percentileMetric(name: string): GroupMetric | undefined {
  const percent = Number(/^completion\.p(\d{1,2}(?:\.\d{1,3})?)$/.exec(name)?.[1] ?? 0);
  if (percent === 0) return undefined;
  return {
    unit: 'ms',
    better: 'lower',
    most: 'end',
    read: ({ members }) => {
      const sorted = completionTimesMs(members).toSorted((a, b) => a - b);
      const times = sorted.length === 0 ? null : quantileSorted(sorted, percent / 100);
      return lacksOne(members) ? null : times;
    },
  };
}

function lacksOne(peers: readonly PeerFigures[]): boolean {
  return peers.some(({ mustComplete, completedMs }) => mustComplete && completedMs === null);
}

export type CompletionFigure = 'min' | 'median' | 'mean' | 'p95' | 'max';

/**
 * A figure of the completion times of those who completed. null, but for `min`, when one that must complete did not:
 * a figure over the others would reward losing the slowest.
 */
export function completionOf(
  peers: readonly PeerFigures[],
  figure: CompletionFigure,
  times: Distributed | null,
): number | null {
  return times === null || (lacksOne(peers) && figure !== 'min') ? null : times[figure];
}

/** Of the peers that must complete, the share that did; null when there is nothing to tell from. */
export function completedShare(peers: readonly PeerFigures[], totalChunks: number): number | null {
  return completedOfAll(judgedPeers(peers, totalChunks));
}

/**
 * Of the peers that must complete, the share whose bytes are the original's; null when one was not checked, or when
 * there is nothing to tell from.
 */
export function intactShare(peers: readonly PeerFigures[], totalChunks: number): number | null {
  const required = judgedPeers(peers, totalChunks);
  if (required.some(({ integrity }) => integrity === 'unchecked')) return null;
  return share(required.filter(({ integrity }) => integrity === 'intact').length, required.length);
}

/**
 * Those that must complete; nobody when they all held everything at the start although others did not: they say nothing
 * of the distribution.
 */
export function judgedPeers(peers: readonly PeerFigures[], totalChunks: number): readonly PeerFigures[] {
  const required = peers.filter(({ mustComplete }) => mustComplete);
  const lacked = ({ heldChunksAtStart }: PeerFigures): boolean => heldChunksAtStart < totalChunks;
  return peers.some(lacked) && !required.some(lacked) ? [] : required;
}

type ByteFigure = 'uploadedBytes' | 'downloadedBytes' | 'usefulBytes' | 'wastedBytes';

function total(peers: readonly PeerFigures[], figure: ByteFigure): number {
  return peers.reduce((sum, peer) => sum + peer[figure], 0);
}

function completedOfAll(peers: readonly PeerFigures[]): number | null {
  return share(peers.filter(({ completedMs }) => completedMs !== null).length, peers.length);
}

/** Of what they lacked at the start, as in a condition; no data of those who lacked nothing. */
function progress(peers: readonly PeerFigures[], totalChunks: number): number | null {
  const sum = (figure: (peer: PeerFigures) => number): number =>
    peers.reduce((all, peer) => all + figure(peer), 0);
  return share(
    sum(({ heldChunksAtEnd, heldChunksAtStart }) => Math.max(0, heldChunksAtEnd - heldChunksAtStart)),
    sum(({ heldChunksAtStart }) => totalChunks - heldChunksAtStart),
  );
}

function waste(peers: readonly PeerFigures[]): number | null {
  // As for the swarm: what the events prove counts as received.
  const received = peers.reduce(
    (sum, peer) => sum + Math.max(peer.downloadedBytes, peer.usefulBytes + peer.wastedBytes),
    0,
  );
  return share(total(peers, 'wastedBytes'), received);
}

function meanUtilisation(peers: readonly PeerFigures[]): number | null {
  const known = peers.flatMap(({ uploadUtilisation }) =>
    uploadUtilisation === null ? [] : [uploadUtilisation],
  );
  return share(
    known.reduce((sum, one) => sum + one, 0),
    known.length,
  );
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
