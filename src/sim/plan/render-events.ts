/** The parts of a printed plan that say what happens to the swarm, and what is expected of it. */
import Table from 'cli-table3';
import { assertNever } from '../../core/errors.ts';
import type {
  FaultEffect,
  Plan,
  PlannedFault,
  PlannedLinkChange,
  PlannedPeer,
  PlannedRegions,
} from './plan.ts';
import { formatLinkRate, formatMs, formatShare, namePeers } from './plan-format.ts';

/** Empty when nobody's link changes. Peers with the same changes stand together. */
export function renderChanges(peers: readonly PlannedPeer[]): string {
  const alike = new Map<string, string[]>();
  for (const { name, link } of peers) {
    if (link.changes.length === 0) continue;
    const changes = link.changes.map(describeChange).join('\n');
    alike.set(changes, [...(alike.get(changes) ?? []), name]);
  }
  if (alike.size === 0) return '';
  const table = plainTable(['links of', 'change']);
  for (const [changes, names] of alike) table.push([namePeers(names), changes]);
  return table.toString();
}

function describeChange({
  atMs,
  overMs,
  upBytesPerSec,
  downBytesPerSec,
  latencyMs,
}: PlannedLinkChange): string {
  const values = [
    ...(upBytesPerSec === undefined ? [] : [`up ${formatLinkRate(upBytesPerSec)}`]),
    ...(downBytesPerSec === undefined ? [] : [`down ${formatLinkRate(downBytesPerSec)}`]),
    ...(latencyMs === undefined ? [] : [`latency ${formatMs(latencyMs)}`]),
  ];
  return `at ${formatMs(atMs)}${overMs === 0 ? '' : ` over ${formatMs(overMs)}`}: ${values.join(', ')}`;
}

/** One-way delays, from the row to the column; empty without regions. */
export function renderRegions(regions: PlannedRegions | null): string {
  if (regions === null) return '';
  const table = plainTable(['one way from', ...regions.names.map((name) => `to ${name}`)]);
  for (const [at, name] of regions.names.entries()) table.push([name, ...regions.delayMs[at]!.map(formatMs)]);
  return table.toString();
}

/** Empty when nothing is done to the swarm. */
export function renderFaults(faults: readonly PlannedFault[]): string {
  if (faults.length === 0) return '';
  const table = plainTable(['fault', 'begins', 'lasts', 'again', 'effect']);
  for (const fault of faults) {
    const { name, forMs, again, effect } = fault;
    const isInstant = effect.kind === 'crash' || effect.kind === 'reset';
    table.push([
      name,
      describeBeginning(fault),
      forMs !== null ? formatMs(forMs) : isInstant ? '-' : 'to the end',
      again === null ? '-' : `${again.times} more, every ${formatMs(again.everyMs)}`,
      describeEffect(effect),
    ]);
  }
  return table.toString();
}

function describeBeginning({ when }: PlannedFault): string {
  if (when.kind === 'time') return `at ${formatMs(when.atMs)}`;
  const after = when.delayMs === 0 ? '' : `${formatMs(when.delayMs)} after `;
  return `${after}${after === '' ? 'when ' : ''}${when.condition.text}`;
}

function describeEffect(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'crash': {
      const back =
        effect.returnAfterMs === null
          ? 'for good'
          : `back after ${formatMs(effect.returnAfterMs)}${effect.keepChunks ? '' : ', chunks lost'}`;
      return `crash ${namePeers(effect.peers)}, ${back}`;
    }
    case 'partition': {
      const [first, ...others] = effect.sides.map(namePeers);
      return effect.oneWay
        ? `nothing from ${first!}\nto ${others.join('\nor ')}`
        : `nothing between ${[first, ...others].join('\nand ')}`;
    }
    case 'slow-down':
      return `${effect.factor} times the rates of ${namePeers(effect.peers)}`;
    case 'latency-spike':
      return `${formatMs(effect.addMs)} more latency for ${namePeers(effect.peers)}`;
    case 'reset':
      return `reset ${formatShare(effect.probability)} of the connections of ${namePeers(effect.peers)}`;
    case 'tracker-down':
      return `the tracker is down${effect.forgets ? ', and forgets' : ''}`;
    case 'corrupt':
      return `${namePeers(effect.peers)} damage ${formatShare(effect.probability)} of the parts they send`;
    case 'slow-disk':
      return `disks of ${namePeers(effect.peers)} write ${formatLinkRate(effect.bytesPerSec)}`;
    case 'pause':
    case 'black-hole':
    case 'lie':
    case 'free-ride':
    case 'disk-full':
      return `${effect.kind} ${namePeers(effect.peers)}`;
    default:
      return assertNever(effect);
  }
}

/** Thresholds and conditions as they were written; empty without any. */
export function renderExpectations({ expect, abortOn, variant }: Plan): string {
  const rows = [
    ...expect.map(({ text }) => ['expect', text]),
    ...abortOn.map(({ text }) => ['abort on', text]),
    ...(variant === null ? [] : [['arm', `${variant.arm}, repeat ${variant.repeat}`]]),
  ];
  return rows.map(([name, text]) => `${name!.padEnd(15)}${text!}`).join('\n');
}

/** A line each; empty without any. */
export function renderNotices({ notices = [] }: Plan): string {
  return notices.map((notice) => `${'note'.padEnd(15)}${notice}`).join('\n');
}

function plainTable(head: string[]): InstanceType<typeof Table> {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}
