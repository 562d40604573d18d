/** A plan for people: content, tracker, each peer with its link and its stays, what is done to them and expected. */
import { formatBytes } from '../../units/format.ts';
import { describeDistribution } from '../../plan/distributions.ts';
import { mayBeExcused } from '../../plan/may-be-excused.ts';
import { exactDuration, exactRate, exactShare } from '../../units/exact-format.ts';
import {
  engineNameOf,
  type Plan,
  type PlannedContent,
  type PlannedLink,
  type PlannedPeer,
  type PlannedSession,
} from '../../plan/plan.ts';
import { nameChunks } from '../../units/name-chunks.ts';
import {
  capacitySection,
  changesSection,
  expectationsSection,
  faultsSection,
  regionsSection,
} from './event-sections.ts';
import { lines, type Section } from './section.ts';

/** Every drawn value. Sections without rows have nothing to say. */
export function planSections(plan: Plan): Section[] {
  return [
    runSection(plan),
    peersSection(plan),
    policiesSection(plan.peers),
    changesSection(plan.peers),
    regionsSection(plan.regions),
    capacitySection(plan.regions),
    faultsSection(plan.faults),
    expectationsSection(plan),
    lines((plan.notices ?? []).map((notice) => ['note', notice])),
  ];
}

function runSection(plan: Plan): Section {
  const { content, tracker, timeLimitMs } = plan;
  return lines([
    ['content', describeContent(content)],
    [
      'tracker',
      `${tracker.edition} edition, agreement of ${tracker.agreement}, announce every ${exactDuration(tracker.announceIntervalMs)}, ` +
        `silence limit ${exactDuration(tracker.silenceLimitMs)}, ${tracker.peersPerAnswer} peers per answer`,
    ],
    ['time limit', exactDuration(timeLimitMs)],
    ['until', describeUntil(plan)],
    ...describeRecord(plan),
    ['engine', describeEngine(plan)],
  ]);
}

function describeRecord({ record }: Plan): [string, string][] {
  if (record === undefined) return [];
  const { events } = record;
  const what =
    events === 'none'
      ? 'left out'
      : `of ${exactShare(events)} of the chunks, and all that are about no chunk`;
  return [['events', what]];
}

function describeEngine(plan: Plan): string {
  const { peersPerWorker } = plan.engine;
  if (engineNameOf(plan) === 'virtual') return 'virtual';
  if (peersPerWorker === 'auto') return 'threads, one for each peer as long as the machine carries them';
  return `threads, ${peersPerWorker === 1 ? 'one for each peer' : `one for ${peersPerWorker} peers`}`;
}

/** A run does not wait for what is planned after its end: that is said where there is any. */
function describeUntil({ peers, until }: Plan): string {
  const returns = peers.reduce((sum, { sessions }) => sum + sessions.length - 1, 0);
  const joins = peers.filter(({ sessions, mustComplete }) => !mustComplete && sessions[0].joinMs > 0).length;
  const count = (many: number, what: string) =>
    many === 0 ? [] : [`${many} ${what}${many === 1 ? '' : 's'}`];
  const planned = [...count(joins, 'join'), ...count(returns, 'return')].join(' and ');
  if (until === 'sessions') {
    return `all peers that must complete have, and every planned join and return has happened${planned === '' ? '' : ` (${planned})`}`;
  }
  const rest =
    planned === ''
      ? ''
      : `; ${planned} may come too late, since the run does not wait for them (until: sessions does)`;
  return `all peers that must complete have${rest}`;
}

function describeContent(content: PlannedContent): string {
  if (content.kind === 'generated') {
    const { totalBytes, totalChunks, chunkBytes, seed } = content;
    return `${formatBytes(totalBytes)} generated from "${seed}", ${totalChunks} chunks of ${formatBytes(chunkBytes)}`;
  }
  const totalBytes = content.chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  return `${content.folders.join(', ')}: ${content.totalChunks} chunks, ${formatBytes(totalBytes)}`;
}

interface PeerColumn {
  readonly head: string;
  readonly valueOf: (peer: PlannedPeer) => string;
  /** Of a peer without such a property: a column that says nothing else is left out. */
  readonly usual?: string;
}

const ofLink =
  (valueOf: (link: PlannedLink) => string | null) =>
  ({ link }: PlannedPeer): string =>
    valueOf(link) ?? '-';

const peerColumns: readonly PeerColumn[] = [
  { head: 'holds', valueOf: ({ holds }) => describeHolds(holds) },
  { head: 'protocol', valueOf: ({ protocol }) => protocol, usual: 'swarm' },
  { head: 'up', valueOf: ({ link }) => exactRate(link.upBytesPerSec) },
  { head: 'down', valueOf: ({ link }) => exactRate(link.downBytesPerSec) },
  { head: 'latency', valueOf: ({ link }) => exactDuration(link.latencyMs) },
  {
    head: 'jitter',
    valueOf: ofLink(({ jitterMs }) =>
      jitterMs === null ? null : describeDistribution(jitterMs, exactDuration),
    ),
    usual: '-',
  },
  { head: 'region', valueOf: ofLink(({ region }) => region), usual: '-' },
  {
    head: 'loss',
    valueOf: ofLink(({ loss }) =>
      loss === null
        ? null
        : `${exactShare(loss.probability)} of ${loss.segmentBytes} B, ${exactDuration(loss.timeoutMs)}`,
    ),
    usual: '-',
  },
  {
    head: 'window',
    valueOf: ofLink(({ window }) =>
      window === null ? null : `${formatBytes(window.bytes)}${window.slowStart ? ', slow start' : ''}`,
    ),
    usual: '-',
  },
  { head: 'stays', valueOf: ({ sessions }) => sessions.map(describeSession).join('\n') },
];

function peersSection({ peers, faults }: Plan): Section {
  const columns: readonly PeerColumn[] = [
    ...peerColumns,
    {
      head: 'must complete',
      valueOf: (peer) =>
        mayBeExcused(peer, faults) ? 'unless gone' : peer.mustComplete === false ? 'no' : 'yes',
    },
  ];
  return {
    head: 'peer',
    heads: columns.map(({ head }) => head),
    usual: columns.map(({ usual }) => usual),
    rows: peers.map((peer) => ({ name: peer.name, cells: columns.map(({ valueOf }) => valueOf(peer)) })),
  };
}

/** The same for all peers of a group. */
function policiesSection(peers: readonly PlannedPeer[]): Section {
  return lines([...new Map(peers.map((peer) => [peer.group, describePolicy(peer)]))]);
}

function describePolicy({ policy, protocol }: PlannedPeer): string {
  if (protocol === 'spec') return 'requests missing chunks in order';
  const { picker, uploadPolicy, uploadSlots, superSeeding, maxConnections } = policy;
  return `${picker} picker, ${uploadPolicy} for ${uploadSlots} upload slots, super-seeding ${superSeeding}, up to ${maxConnections} connections`;
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
    'joinMs' in session
      ? `from ${exactDuration(session.joinMs)}`
      : `back after ${exactDuration(session.awayMs)}`;
  const { leave } = session;
  if (leave === null) return from;
  const end = leave.how === 'crash' ? 'crash' : 'leave';
  const when =
    leave.from === 'start'
      ? `at ${exactDuration(leave.afterMs)}`
      : `${exactDuration(leave.afterMs)} after completion`;
  return `${from}, ${end} ${when}${leave.keepChunks ? '' : ', chunks lost'}`;
}
