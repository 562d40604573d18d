/** Who sent how much to whom, as a matrix of peers or, when they are many, of groups. */
import type { Flow, RunResult } from '../result/result.ts';
import { formatBytes } from '../units/format.ts';
import type { Column } from './table.ts';

/** More peers than this do not fit side by side. */
const MATRIX_PEERS_MAX = 8;

/** All clients that are not of the plan. */
const OUTSIDE = 'outside';

export interface FlowMatrix {
  readonly of: 'peers' | 'groups';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows send, columns receive, with sums. undefined when nothing was sent, or too many groups sent. */
export function flowMatrix(result: RunResult): FlowMatrix | undefined {
  if (result.flows.length === 0) return undefined;
  const peerNames = orderedNames(result, result.flows);
  if (peerNames.length <= MATRIX_PEERS_MAX) return matrix('peers', peerNames, result.flows);
  const groups = groupFlows(result);
  const groupNames = orderedNames(result, groups);
  return groupNames.length <= MATRIX_PEERS_MAX ? matrix('groups', groupNames, groups) : undefined;
}

/** The largest flows between peers. */
export function largestFlows(result: RunResult, count: number): { columns: Column[]; rows: string[][] } {
  return {
    columns: [
      { head: 'from' },
      { head: 'to' },
      { head: 'chunks', align: 'right' },
      { head: 'bytes', align: 'right' },
    ],
    rows: result.flows
      .slice(0, count)
      .map(({ from, to, chunks, bytes }) => [from, to, String(chunks), formatBytes(bytes)]),
  };
}

function matrix(of: FlowMatrix['of'], names: readonly string[], flows: readonly Flow[]): FlowMatrix {
  const senders = names.filter((name) => flows.some(({ from }) => from === name));
  const receivers = names.filter((name) => flows.some(({ to }) => to === name));
  const sum = (matches: (flow: Flow) => boolean) =>
    flows.filter(matches).reduce((total, { bytes }) => total + bytes, 0);
  const cell = (bytes: number) => (bytes === 0 ? '' : formatBytes(bytes));
  const row = (name: string, matches: (flow: Flow) => boolean) => [
    name,
    ...receivers.map((to) => cell(sum((flow) => matches(flow) && flow.to === to))),
    cell(sum(matches)),
  ];
  return {
    of,
    columns: [
      { head: 'from ↓ to →' },
      ...receivers.map((head) => ({ head, align: 'right' as const })),
      { head: 'sum', align: 'right' },
    ],
    rows: [...senders.map((name) => row(name, ({ from }) => from === name)), row('sum', () => true)],
  };
}

/** Flows between groups. */
function groupFlows({ flows, peers }: RunResult): Flow[] {
  const groups = new Map(peers.map(({ name, group }) => [name, group]));
  const sums = new Map<string, { from: string; to: string; chunks: number; bytes: number }>();
  for (const flow of flows) {
    const from = groups.get(flow.from) ?? OUTSIDE;
    const to = groups.get(flow.to) ?? OUTSIDE;
    const key = `${from}\0${to}`;
    const sum = sums.get(key) ?? { from, to, chunks: 0, bytes: 0 };
    sum.chunks += flow.chunks;
    sum.bytes += flow.bytes;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** As the plan has them; clients from outside last. */
function orderedNames({ peers, groups }: RunResult, flows: readonly Flow[]): string[] {
  const seen = new Set<string>();
  for (const { from, to } of flows) seen.add(from).add(to);
  const planned = [...new Set([...peers, ...groups].map(({ name }) => name))].filter((name) =>
    seen.has(name),
  );
  const outside = [...seen].filter((name) => !planned.includes(name)).sort();
  return [...planned, ...outside];
}
