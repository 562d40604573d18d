import { formatBytes, formatPercent } from '../../units/format.ts';
import type { Flow } from '../../result/result.ts';
import type { Chart, FlowChart, FlowView } from '../shared/charts.ts';
import { count } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';

/** More peers than this are shown by group and region only. */
const PEERS_MAX = 64;
const GROUPS_MAX = 64;

export function flowChart(story: SwarmStory): Chart<FlowChart> {
  const { flows } = story.result;
  if (flows.length === 0) return { missing: 'Nobody sent a chunk to anybody.' };
  const views = [byPeer(story), byGroup(story), byRegion(story)].filter((view) => view !== undefined);
  if (views.length === 0)
    return { missing: `There are more than ${GROUPS_MAX} groups; result.json has every pair.` };
  const total = flows.reduce((sum, { bytes }) => sum + bytes, 0);
  const senders = new Set(flows.map(({ from }) => from));
  const largest = flows[0]!;
  return {
    views,
    summary:
      `${formatBytes(total)} of useful chunks went between ${count(flows.length, 'pair')} of peers; ` +
      `${count(senders.size, 'peer')} sent. The most went from ${largest.from} to ${largest.to}: ` +
      `${formatBytes(largest.bytes)}, ${formatPercent(largest.bytes / total)} of all.`,
  };
}

function byPeer(story: SwarmStory): FlowView | undefined {
  const { names, groupOf } = story;
  if (names.length > PEERS_MAX) return undefined;
  return {
    by: 'peer',
    names,
    groups: groupOf,
    cells: cellsOf(story.result.flows, new Map(names.map((name, at) => [name, at]))),
  };
}

function byGroup({ names, groups, groupOf, result }: SwarmStory): FlowView | undefined {
  if (groups.length < 2 || groups.length > GROUPS_MAX) return undefined;
  const groupOfName = new Map(names.map((name, at) => [name, groupOf[at]!]));
  return {
    by: 'group',
    names: groups,
    groups: groups.map((_, at) => at),
    cells: cellsOf(result.flows, groupOfName),
  };
}

function byRegion({ plan, names, result }: SwarmStory): FlowView | undefined {
  if (plan.regions === null) return undefined;
  const regions: readonly string[] = [...plan.regions.names, 'nowhere in particular'];
  if (regions.length > GROUPS_MAX) return undefined;
  const regionOf = new Map(
    names.map((name, at) => {
      const region = plan.peers[at]?.link.region ?? null;
      return [name, region === null ? regions.length - 1 : regions.indexOf(region)];
    }),
  );
  const cells = cellsOf(result.flows, regionOf);
  const used = regions.filter(
    (_, at) => at < regions.length - 1 || cells.some(([from, to]) => from === at || to === at),
  );
  return { by: 'region', names: used, groups: used.map(() => -1), cells };
}

/** Sums of the flows between places, the largest first. */
function cellsOf(flows: readonly Flow[], placeOf: ReadonlyMap<string, number>): FlowView['cells'] {
  const sums = new Map<string, [number, number, number, number]>();
  for (const { from, to, bytes, chunks } of flows) {
    const [sender, receiver] = [placeOf.get(from), placeOf.get(to)];
    if (sender === undefined || receiver === undefined) continue;
    const key = `${sender} ${receiver}`;
    const sum = sums.get(key) ?? [sender, receiver, 0, 0];
    sum[2] += bytes;
    sum[3] += chunks;
    sums.set(key, sum);
  }
  return [...sums.values()].sort((a, b) => b[2] - a[2]);
}
