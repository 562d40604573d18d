/** The parts of a printed plan that say what happens to the swarm, and what is expected of it. */
import { assertNever } from '../../../core/errors.ts';
import { exactDuration, exactRate, exactShare } from '../../units/exact-format.ts';
import { namePeers } from '../../units/name-peers.ts';
import type {
  FaultEffect,
  Plan,
  PlannedFault,
  PlannedLinkChange,
  PlannedPeer,
  PlannedRegions,
} from '../../plan/plan.ts';
import { lines, type Section } from './section.ts';

/** Of whose link changes. */
export function changesSection(peers: readonly PlannedPeer[]): Section {
  return {
    head: 'links of',
    heads: ['change'],
    rows: peers
      .filter(({ link }) => link.changes.length > 0)
      .map(({ name, link }) => ({ name, cells: [link.changes.map(describeChange).join('\n')] })),
  };
}

function describeChange({
  atMs,
  overMs,
  upBytesPerSec,
  downBytesPerSec,
  latencyMs,
}: PlannedLinkChange): string {
  const values = [
    ...(upBytesPerSec === undefined ? [] : [`up ${exactRate(upBytesPerSec)}`]),
    ...(downBytesPerSec === undefined ? [] : [`down ${exactRate(downBytesPerSec)}`]),
    ...(latencyMs === undefined ? [] : [`latency ${exactDuration(latencyMs)}`]),
  ];
  return `at ${exactDuration(atMs)}${overMs === 0 ? '' : ` over ${exactDuration(overMs)}`}: ${values.join(', ')}`;
}

/** One-way delays, from the row to the column. */
export function regionsSection(regions: PlannedRegions | null): Section {
  const { names, delayMs } = regions ?? { names: [], delayMs: [] };
  return {
    head: 'one way from',
    heads: names.map((name) => `to ${name}`),
    rows: names.map((name, at) => ({ name, cells: delayMs[at]!.map(exactDuration) })),
  };
}

/** What all peers of the row's region together can send to the column's. */
export function capacitySection(regions: PlannedRegions | null): Section {
  const { names, capacityBytesPerSec } = regions ?? { names: [] };
  const rows = capacityBytesPerSec === undefined ? [] : names;
  return {
    head: 'capacity from',
    heads: names.map((name) => `to ${name}`),
    rows: rows.map((name, at) => ({
      name,
      cells: capacityBytesPerSec![at]!.map((rate) => (rate === null ? '-' : exactRate(rate))),
    })),
  };
}

export function faultsSection(faults: readonly PlannedFault[]): Section {
  return {
    head: 'fault',
    heads: ['begins', 'lasts', 'again', 'effect'],
    rows: faults.map((fault) => {
      const { name, forMs, again, effect } = fault;
      const isInstant = effect.kind === 'crash' || effect.kind === 'reset';
      return {
        name,
        cells: [
          describeBeginning(fault),
          forMs !== null ? exactDuration(forMs) : isInstant ? '-' : 'to the end',
          again === null ? '-' : `${again.times} more, every ${exactDuration(again.everyMs)}`,
          describeEffect(effect),
        ],
      };
    }),
  };
}

function describeBeginning({ when }: PlannedFault): string {
  if (when.kind === 'time') return `at ${exactDuration(when.atMs)}`;
  const after = when.delayMs === 0 ? '' : `${exactDuration(when.delayMs)} after `;
  return `${after}${after === '' ? 'when ' : ''}${when.condition.text}`;
}

function describeEffect(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'crash': {
      const back =
        effect.returnAfterMs === null
          ? 'for good'
          : `back after ${exactDuration(effect.returnAfterMs)}${effect.keepChunks ? '' : ', chunks lost'}`;
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
      return `${exactDuration(effect.addMs)} more latency for ${namePeers(effect.peers)}`;
    case 'reset':
      return `reset ${exactShare(effect.probability)} of the connections of ${namePeers(effect.peers)}`;
    case 'tracker-down':
      return `the tracker is down${effect.forgets ? ', and forgets' : ''}`;
    case 'corrupt':
      return `${namePeers(effect.peers)} damage ${exactShare(effect.probability)} of the parts they send`;
    case 'slow-disk':
      return `disks of ${namePeers(effect.peers)} write ${exactRate(effect.bytesPerSec)}`;
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

/** Thresholds and conditions as they were written. */
export function expectationsSection({ expect, abortOn, variant }: Plan): Section {
  return lines([
    ...expect.map(({ text }) => ['expect', text] as const),
    ...abortOn.map(({ text }) => ['abort on', text] as const),
    ...(variant === null ? [] : [['arm', `${variant.arm}, repeat ${variant.repeat}`] as const]),
  ]);
}
