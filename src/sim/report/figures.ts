/** The key figures, each with its name, its value, how it is written and what it means, for all renderers. */
import { completionOf, type CompletionFigure } from '../metrics/scoped-metrics.ts';
import type { RunResult } from '../result/result.ts';
import { formatDuration, formatPercent, formatRate, formatRatio } from '../units/format.ts';

export interface Figure {
  readonly label: string;
  readonly value: (result: RunResult) => number | null;
  readonly format: (value: number | null) => string;
  /** One line. docs/metrics.md says more. */
  readonly meaning: string;
}

const times = (value: number | null): string => `${formatRatio(value)}${value === null ? '' : ' × file'}`;
const perSecond = (value: number | null): string => `${formatRatio(value)}${value === null ? '' : '/s'}`;

/** As the metric of that name: no data, but for the first, where one that must complete has not. */
const completion =
  (figure: CompletionFigure) =>
  ({ peers, swarm }: RunResult): number | null =>
    completionOf(peers, figure, swarm.completionMs);

export const figures = {
  makespan: {
    label: 'makespan',
    value: ({ swarm }) => swarm.makespanMs,
    format: formatDuration,
    meaning: 'From the start until the last peer that must complete has the whole file.',
  },
  lowerBound: {
    label: 'lower bound',
    value: ({ swarm }) => swarm.bound.lowerBoundMs,
    format: formatDuration,
    meaning: 'No swarm on these links can be faster. Latency is left out (fluid bound).',
  },
  efficiency: {
    label: 'efficiency',
    value: ({ swarm }) => swarm.bound.efficiency,
    format: formatPercent,
    meaning: 'Lower bound / makespan: 100 % is as fast as theory allows.',
  },
  storeAndForward: {
    label: 'whole-chunk bound',
    value: ({ swarm }) => swarm.bound.storeAndForwardMs,
    format: formatDuration,
    meaning: 'The lower bound if peers pass on a chunk only once it is whole (equal uplinks only).',
  },
  clientServer: {
    label: 'client-server bound',
    value: ({ swarm }) => swarm.bound.clientServerMs,
    format: formatDuration,
    meaning: 'The fastest time if the initial seeders had to send every byte themselves.',
  },
  completionMin: {
    label: 'first completion',
    value: completion('min'),
    format: formatDuration,
    meaning: 'The shortest time from a peer’s join to its last chunk.',
  },
  completionMedian: {
    label: 'median completion',
    value: completion('median'),
    format: formatDuration,
    meaning: 'Half of the peers that completed needed at most this long from their join.',
  },
  completionP95: {
    label: '95 % completion',
    value: completion('p95'),
    format: formatDuration,
    meaning: '95 % of the peers that completed needed at most this long.',
  },
  completionMax: {
    label: 'last completion',
    value: completion('max'),
    format: formatDuration,
    meaning: 'The longest time from a peer’s join to its last chunk.',
  },
  goodput: {
    label: 'goodput',
    value: ({ swarm }) => swarm.goodputBytesPerSec,
    format: formatRate,
    meaning: 'Useful payload of all peers per second. Each chunk counts once for each peer.',
  },
  throughput: {
    label: 'throughput',
    value: ({ swarm }) => swarm.throughputBytesPerSec,
    format: formatRate,
    meaning: 'All payload per second, useful or not.',
  },
  uploadUtilisation: {
    label: 'uplinks in use',
    value: ({ swarm }) => swarm.uploadUtilisation,
    format: formatPercent,
    meaning: 'Payload sent / what the limited uplinks could have sent while their peers were present.',
  },
  seederLoad: {
    label: 'seeder load',
    value: ({ swarm }) => swarm.seederLoad,
    format: times,
    meaning:
      'Bytes that the initial seeders sent, in copies of the file. A swarm with one seeder needs 1; more means less sharing.',
  },
  fairness: {
    label: 'fairness',
    value: ({ swarm }) => swarm.fairness,
    format: formatRatio,
    meaning: 'Jain’s index over bytes uploaded: 1 when all sent the same, 1/n when one sent everything.',
  },
  waste: {
    label: 'waste',
    value: ({ swarm }) => swarm.waste,
    format: formatPercent,
    meaning: 'Payload received for nothing (twice, cut off, corrupt) / all payload received.',
  },
  overhead: {
    label: 'overhead',
    value: ({ swarm }) => swarm.overhead,
    format: formatPercent,
    meaning: 'Bytes of the protocols, the tracker’s included / payload bytes.',
  },
  trackerRequests: {
    label: 'tracker requests',
    value: ({ tracker }) => tracker.requestsPerSec,
    format: perSecond,
    meaning: 'Messages that the tracker received, per second.',
  },
  trackerRequestsPerPeer: {
    label: 'requests a peer',
    value: ({ tracker }) => tracker.requestsPerPeer,
    format: formatRatio,
    meaning: 'Messages that the tracker received over the whole run, per peer.',
  },
  trackerRate: {
    label: 'tracker traffic',
    value: ({ tracker }) => tracker.bytesPerSec,
    format: formatRate,
    meaning: 'Bytes in and out of the tracker, per second.',
  },
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof figures;

export function show(name: FigureName, result: RunResult): string {
  const figure: Figure = figures[name];
  return figure.format(figure.value(result));
}
