/**
 * The catalogue of metrics: every figure of a result that a threshold may judge and that experiments compare, by its
 * path. Of the swarm `completion.p95`, of a group `leechers.completion.p95`, of a peer `leechers/3.uploaded`, of a set of
 * the plan `(leechers & europe).completion.p95`.
 * docs/metrics.md explains each; a test keeps the two in step.
 */
import type { GroupSource, Metric, MetricDefinition } from './metric.ts';
import { groupMetrics, peerMetrics, percentileMetric } from './scoped-metrics.ts';
import { swarmMetrics } from './swarm-metrics.ts';

/** Names of groups and peers as the plan has them. */
export interface MetricScopes {
  readonly groups: readonly string[];
  readonly peers: readonly string[];
}

/**
 * A path of the swarm comes before one of a group, one of a group before one of a peer. In a group of one, which has
 * its peer's name, the figures of both can be asked for; `seeder/1.integrity` is the peer's. A set has the figures of a group.
 *
 * @returns undefined when there is no such metric, group or peer
 */
export function findMetric(path: string, scopes: MetricScopes): Metric | undefined {
  const ofSwarm = swarmMetrics.get(path);
  if (ofSwarm !== undefined) return metricOf(path, ofSwarm, (result) => ofSwarm.read(result));
  const percentile = percentileMetric(path);
  if (percentile !== undefined) {
    return metricOf(path, percentile, (result) => percentile.read({ members: result.peers, result }));
  }
  // Names of groups and peers have no dots.
  const dot = path.indexOf('.');
  if (dot === -1) return undefined;
  const scope = path.slice(0, dot);
  const name = path.slice(dot + 1);
  if (scope.startsWith('(') && scope.endsWith(')')) return setMetric(path, scope.slice(1, -1), name);
  return groupMetric(path, scope, name, scopes) ?? peerMetric(path, scope, name, scopes);
}

/** Every path that `findMetric` knows, percentiles but the 95th aside: the swarm's, then each group's, then each peer's. */
export function metricPaths({ groups, peers }: MetricScopes): string[] {
  const within = (scopes: readonly string[], names: Iterable<string>) =>
    scopes.flatMap((scope) => [...names].map((name) => `${scope}.${name}`));
  const all = [
    ...swarmMetrics.keys(),
    ...within(groups, [...groupMetrics.keys()]),
    ...within(peers, [...peerMetrics.keys()]),
  ];
  return [...new Set(all)];
}

function groupMetricOf(name: string): MetricDefinition<GroupSource> | undefined {
  return groupMetrics.get(name) ?? percentileMetric(name);
}

function groupMetric(
  path: string,
  scope: string,
  name: string,
  { groups }: MetricScopes,
): Metric | undefined {
  const definition = groups.includes(scope) ? groupMetricOf(name) : undefined;
  if (definition === undefined) return undefined;
  return metricOf(path, definition, (result) => {
    const members = result.peers.filter(({ group }) => group === scope);
    return members.length === 0 ? null : definition.read({ members, result });
  });
}

/** Of a set of peers, which the plan has by its text. */
function setMetric(path: string, set: string, name: string): Metric | undefined {
  const definition = groupMetricOf(name);
  if (definition === undefined) return undefined;
  return metricOf(path, definition, (result) => {
    const names = result.plan.sets?.[set] ?? [];
    const members = result.peers.filter((peer) => names.includes(peer.name));
    return members.length === 0 ? null : definition.read({ members, result });
  });
}

/** The peer of a group of one has the group's name, and is its number 1, too. */
function peerMetric(
  path: string,
  scope: string,
  name: string,
  { groups, peers }: MetricScopes,
): Metric | undefined {
  const alone = scope.replace(/\/1$/, '');
  const peerName = !peers.includes(scope) && groups.includes(alone) ? alone : scope;
  const definition = peers.includes(peerName) ? peerMetrics.get(name) : undefined;
  if (definition === undefined) return undefined;
  return metricOf(path, definition, (result) => {
    const peer = result.peers.find((one) => one.name === peerName);
    return peer === undefined ? null : definition.read({ peer, result });
  });
}

function metricOf(
  path: string,
  { unit, better, most = unit === 'share' ? 1 : Infinity }: MetricDefinition<never>,
  read: Metric['read'],
): Metric {
  return { path, unit, better, most, read };
}
