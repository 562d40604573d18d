/** A plan for people, as `--plan` prints it. */
import Table from 'cli-table3';
import { formatBytes } from '../../core/units.ts';
import { describeDistribution } from './distributions.ts';
import { nameChunks } from './name-chunks.ts';
import type { Plan, PlannedContent, PlannedPeer, PlannedSession } from './plan.ts';

/** Measured for a worker thread with one peer. */
const WORKER_BYTES = 8 * 1024 * 1024;
const WORKER_DESCRIPTORS = 6;

/** Every drawn value: content, tracker, each peer with its link and its stays, and what the run needs. */
export function renderPlan(plan: Plan): string {
  const title = `${plan.scenario.name} · seed ${plan.seed}`;
  const heading = plan.scenario.description === '' ? title : `${title}\n${plan.scenario.description}`;
  return `${[heading, renderRun(plan), renderPeers(plan.peers), renderPolicies(plan.peers)].join('\n\n')}\n`;
}

function renderRun({ content, tracker, peers, timeLimitMs, engine }: Plan): string {
  const workers = Math.ceil(peers.length / engine.peersPerWorker);
  const threads = `${workers + 1} (tracker, ${workers} for ${peers.length} peers)`;
  const needs = `${formatBytes((workers + 1) * WORKER_BYTES)} of memory, ${(workers + 1) * WORKER_DESCRIPTORS} file descriptors`;
  const rows: [string, string][] = [
    ['content', describeContent(content)],
    [
      'tracker',
      `${tracker.edition} edition, agreement of ${tracker.agreement}, announce every ${ms(tracker.announceIntervalMs)}, ` +
        `silence limit ${ms(tracker.silenceLimitMs)}, ${tracker.peersPerAnswer} peers an answer`,
    ],
    ['time limit', ms(timeLimitMs)],
    ['threads', threads],
    ['estimated need', `${needs}, besides open connections`],
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

function renderPeers(peers: readonly PlannedPeer[]): string {
  const table = new Table({
    head: ['peer', 'holds', 'protocol', 'up', 'down', 'latency', 'jitter', 'stays', 'must complete'],
    style: { head: [], border: [], compact: true },
  });
  for (const peer of peers) {
    const { link } = peer;
    table.push([
      peer.name,
      describeHolds(peer.holds),
      peer.protocol,
      rate(link.upBytesPerSec),
      rate(link.downBytesPerSec),
      ms(link.latencyMs),
      link.jitterMs === null ? '-' : describeDistribution(link.jitterMs, ms),
      peer.sessions.map(describeSession).join('\n'),
      peer.mustComplete ? 'yes' : 'no',
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

function describeSession({ joinMs, leave }: PlannedSession): string {
  const from = `from ${ms(joinMs)}`;
  if (leave === null) return from;
  const end = leave.how === 'crash' ? 'crash' : 'leave';
  const when = leave.from === 'start' ? `at ${ms(leave.afterMs)}` : `${ms(leave.afterMs)} after completion`;
  return `${from}, ${end} ${when}${leave.keepChunks ? '' : ', chunks lost'}`;
}

function ms(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(3))} s` : `${Number(value.toFixed(3))} ms`;
}

/** In bits, as links are sold. */
function rate(bytesPerSec: number | null): string {
  if (bytesPerSec === null) return 'unlimited';
  const bits = bytesPerSec * 8;
  const [factor, unit] = bits >= 1e9 ? [1e9, 'Gbit/s'] : bits >= 1e6 ? [1e6, 'Mbit/s'] : [1e3, 'kbit/s'];
  return `${Number((bits / factor).toFixed(2))} ${unit}`;
}
