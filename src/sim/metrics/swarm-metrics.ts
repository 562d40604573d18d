/** Metrics of the swarm as a whole. */
import type { RunResult } from '../result/result.ts';
import { MOST_WITH_LEAK, type MetricDefinition } from './metric.ts';
import { completedShare, completionOf, intactShare } from './scoped-metrics.ts';

type SwarmMetric = MetricDefinition<RunResult>;

const completion = (figure: Parameters<typeof completionOf>[1]): SwarmMetric => ({
  unit: 'ms',
  better: 'lower',
  most: 'end',
  read: ({ swarm, peers }) => completionOf(peers, figure, swarm.completionMs),
});

export const swarmMetrics: ReadonlyMap<string, SwarmMetric> = new Map<string, SwarmMetric>([
  ['makespan', { unit: 'ms', better: 'lower', most: 'end', read: ({ swarm }) => swarm.makespanMs }],
  ['bound', { unit: 'ms', better: 'neither', read: ({ swarm }) => swarm.bound.lowerBoundMs }],
  [
    'efficiency',
    { unit: 'share', better: 'higher', most: MOST_WITH_LEAK, read: ({ swarm }) => swarm.bound.efficiency },
  ],
  [
    'completed',
    { unit: 'share', better: 'higher', read: ({ peers, swarm }) => completedShare(peers, swarm.totalChunks) },
  ],
  ['completion.min', completion('min')],
  ['completion.median', completion('median')],
  ['completion.mean', completion('mean')],
  ['completion.p95', completion('p95')],
  ['completion.max', completion('max')],
  ['goodput', { unit: 'bytes/s', better: 'higher', read: ({ swarm }) => swarm.goodputBytesPerSec }],
  ['throughput', { unit: 'bytes/s', better: 'neither', read: ({ swarm }) => swarm.throughputBytesPerSec }],
  ['useful', { unit: 'bytes', better: 'higher', read: ({ swarm }) => swarm.usefulBytes }],
  ['payload', { unit: 'bytes', better: 'neither', read: ({ swarm }) => swarm.payloadBytes }],
  ['control', { unit: 'bytes', better: 'lower', read: ({ swarm }) => swarm.controlBytes }],
  ['overhead', { unit: 'share', better: 'lower', most: Infinity, read: ({ swarm }) => swarm.overhead }],
  ['wasted', { unit: 'bytes', better: 'lower', read: ({ swarm }) => swarm.wastedBytes }],
  ['waste', { unit: 'share', better: 'lower', read: ({ swarm }) => swarm.waste }],
  ['fairness', { unit: 'number', better: 'higher', most: 1, read: ({ swarm }) => swarm.fairness }],
  ['seeder_load', { unit: 'number', better: 'lower', read: ({ swarm }) => swarm.seederLoad }],
  [
    'upload_utilisation',
    { unit: 'share', better: 'higher', most: MOST_WITH_LEAK, read: ({ swarm }) => swarm.uploadUtilisation },
  ],
  [
    'integrity',
    {
      unit: 'share',
      better: 'higher',
      read: ({ peers, swarm }) => intactShare(peers, swarm.totalChunks),
    },
  ],
  ['corrupt_chunks', { unit: 'count', better: 'neither', read: ({ swarm }) => swarm.corruptChunks }],
  ['bans', { unit: 'count', better: 'neither', read: ({ swarm }) => swarm.bans }],
  [
    'availability.min',
    { unit: 'count', better: 'higher', most: 'peers', read: ({ swarm }) => swarm.availability?.min ?? null },
  ],
  [
    'availability.end',
    { unit: 'count', better: 'higher', most: 'peers', read: ({ swarm }) => swarm.availability?.end ?? null },
  ],
  [
    'tracker.requests_per_sec',
    { unit: 'number', better: 'lower', read: ({ tracker }) => tracker.requestsPerSec },
  ],
  [
    'tracker.requests_per_peer',
    { unit: 'number', better: 'lower', read: ({ tracker }) => tracker.requestsPerPeer },
  ],
  ['tracker.traffic', { unit: 'bytes/s', better: 'lower', read: ({ tracker }) => tracker.bytesPerSec }],
  ['elapsed', { unit: 'ms', better: 'neither', most: 'end', read: ({ elapsedMs }) => elapsedMs }],
]);
