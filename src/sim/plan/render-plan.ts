/** A plan for people, as `--plan` prints it. */
import Table from 'cli-table3';
import { formatBytes } from '../units/format.ts';
import { describeDistribution } from './distributions.ts';
import { mayBeExcused } from './may-be-excused.ts';
import { nameChunks } from '../units/name-chunks.ts';
import { formatLinkRate, formatMs, formatShare } from './plan-format.ts';
import type { Plan, PlannedContent, PlannedLink, PlannedPeer, PlannedSession } from './plan.ts';
import {
  renderChanges,
  renderExpectations,
  renderFaults,
  renderNotices,
  renderRegions,
} from './render-events.ts';

/** Every drawn value: content, tracker, each peer with its link and its stays, what is done to them and expected. */
export function renderPlan(plan: Plan): string {
  const title = `${plan.scenario.name} · seed ${plan.seed}`;
  const heading = plan.scenario.description === '' ? title : `${title}\n${plan.scenario.description}`;
  const parts = [
    heading,
    renderRun(plan),
    renderPeers(plan),
    renderPolicies(plan.peers),
    renderChanges(plan.peers),
    renderRegions(plan.regions),
    renderFaults(plan.faults),
    renderExpectations(plan),
    renderNotices(plan),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderRun({ content, tracker, timeLimitMs, until, engine }: Plan): string {
  const rows: [string, string][] = [
    ['content', describeContent(content)],
    [
      'tracker',
      `${tracker.edition} edition, agreement of ${tracker.agreement}, announce every ${formatMs(tracker.announceIntervalMs)}, ` +
        `silence limit ${formatMs(tracker.silenceLimitMs)}, ${tracker.peersPerAnswer} peers an answer`,
    ],
    ['time limit', formatMs(timeLimitMs)],
    ...(until === 'sessions'
      ? [['until', 'all are complete and every planned join and return has come'] as [string, string]]
      : []),
    ['peers a thread', String(engine.peersPerWorker)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(15)}${value}`).join('\n');
}

function describeContent(content: PlannedContent): string {
  if (content.kind === 'generated') {
    const { totalBytes, totalChunks, chunkBytes, seed } = content;
    return `${formatBytes(totalBytes)} generated from "${seed}", ${totalChunks} chunks of ${formatBytes(chunkBytes)}`;
  }
  const totalBytes = content.chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  return `${content.folders.join(', ')}: ${content.totalChunks} chunks, ${formatBytes(totalBytes)}`;
}

const linkExtras: readonly {
  readonly name: string;
  readonly valueOf: (link: PlannedLink) => string | null;
}[] = [
  { name: 'region', valueOf: ({ region }) => region },
  {
    name: 'loss',
    valueOf: ({ loss }) =>
      loss === null
        ? null
        : `${formatShare(loss.probability)} of ${loss.segmentBytes} B, ${formatMs(loss.timeoutMs)}`,
  },
  {
    name: 'window',
    valueOf: ({ window }) =>
      window === null ? null : `${formatBytes(window.bytes)}${window.slowStart ? ', slow start' : ''}`,
  },
];

function renderPeers({ peers, faults }: Plan): string {
  // What nobody has would only make the table wider.
  const extras = linkExtras.filter(({ valueOf }) => peers.some(({ link }) => valueOf(link) !== null));
  const table = new Table({
    head: [
      ...['peer', 'holds', 'protocol', 'up', 'down', 'latency', 'jitter'],
      ...extras.map(({ name }) => name),
      ...['stays', 'must complete'],
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const peer of peers) {
    const { link } = peer;
    table.push([
      peer.name,
      describeHolds(peer.holds),
      peer.protocol,
      formatLinkRate(link.upBytesPerSec),
      formatLinkRate(link.downBytesPerSec),
      formatMs(link.latencyMs),
      link.jitterMs === null ? '-' : describeDistribution(link.jitterMs, formatMs),
      ...extras.map(({ valueOf }) => valueOf(link) ?? '-'),
      peer.sessions.map(describeSession).join('\n'),
      mayBeExcused(peer, faults) ? 'unless gone' : peer.mustComplete === false ? 'no' : 'yes',
    ]);
  }
  return table.toString();
}

/** The same for all peers of a group. */
function renderPolicies(peers: readonly PlannedPeer[]): string {
  const policies = new Map(peers.map((peer) => [peer.group, describePolicy(peer)]));
  const width = Math.max(...[...policies.keys()].map((group) => group.length));
  return [...policies].map(([group, policy]) => `${group.padEnd(width)}  ${policy}`).join('\n');
}

function describePolicy({ policy, protocol }: PlannedPeer): string {
  if (protocol === 'spec') return 'asks for missing chunks in turn';
  const { picker, uploadSlots, superSeeding, maxConnections } = policy;
  return `${picker} picker, ${uploadSlots} upload slots, super-seeding ${superSeeding}, up to ${maxConnections} connections`;
}

function describeHolds(holds: PlannedPeer['holds']): string {
  switch (holds.kind) {
    case 'chunks':
      return holds.indices.length === 0 ? 'none' : nameChunks(holds.indices);
    case 'folder':
      return `folder ${holds.folder + 1}`;
    case 'all':
    case 'none':
      return holds.kind;
  }
}

function describeSession(session: PlannedSession): string {
  const from =
    'joinMs' in session ? `from ${formatMs(session.joinMs)}` : `back after ${formatMs(session.awayMs)}`;
  const { leave } = session;
  if (leave === null) return from;
  const end = leave.how === 'crash' ? 'crash' : 'leave';
  const when =
    leave.from === 'start' ? `at ${formatMs(leave.afterMs)}` : `${formatMs(leave.afterMs)} after completion`;
  return `${from}, ${end} ${when}${leave.keepChunks ? '' : ', chunks lost'}`;
}
