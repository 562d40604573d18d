/** How much processor time a run takes, from its traffic: fitted to measured runs, see docs/benchmarks.md. */
import { SECOND_MS } from '../../../core/units.ts';
import { chunkBytesOf, heldAtStart } from '../../content/planned-content.ts';
import { blockBytes } from '../../network/link-sizes.ts';
import type { Plan, PlannedPeer } from '../../plan/plan.ts';
import { sliceMsOf } from '../real-time/slice.ts';
import { connectionsMaxOf, WHOLE } from './part-of-run.ts';

const MS_PER_THREAD = 100;
/** Of a thread, at a tick at which a rate of one of its peers lets go or gets something: the more share it, the better. */
const MS_PER_WAKE_UP = 0.55;
/** Out of one peer and into another. */
const MS_PER_SLICE = 0.16;
const MS_PER_MB = 1;
/** To agree on it, and to tell the neighbours. */
const MS_PER_CHUNK = 0.7;
/** To connect, to greet and to show what one has. */
const MS_PER_END = 1.5;

export interface ProcessorTime {
  /** Of threads, which load their code. */
  readonly startMs: number;
  /** Of connecting, and of moving what peers lack. */
  readonly trafficMs: number;
  /** Since the start, until the rates of links let the last peer complete at the earliest; 0: none limits anybody. */
  readonly busyMs: number;
}

/**
 * From the start of the distribution. Every peer is expected to get all that it lacks.
 *
 * @param threads those of peers, and one of the tracker
 */
export function processorTimeOf(plan: Plan, threads: number, part = WHOLE): ProcessorTime {
  const sizes = chunkBytesOf(plan.content);
  const heldBy = heldAtStart(plan.content);
  const whole = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const sliceMs = sliceMsOf(plan);
  const usualUp = usualUpOf(plan);
  let trafficMs = 0;
  let slices = 0;
  let lastMs = 0;
  const busyMs: number[] = [];
  for (const peer of plan.peers) {
    const held = heldBy(peer.holds);
    const lacks = whole - held.reduce((bytes, index) => bytes + sizes[index - 1]!, 0);
    const rate = rateOf(peer, usualUp);
    trafficMs += connectionsMaxOf(peer, plan, part) * MS_PER_END;
    trafficMs += (sizes.length - held.length) * MS_PER_CHUNK + (lacks / 1e6) * MS_PER_MB;
    if (lacks === 0 || rate === Infinity) continue;
    slices += lacks / blockBytes(rate, sliceMs);
    const ownMs = (lacks * SECOND_MS) / rate;
    busyMs.push(ownMs);
    lastMs = Math.max(lastMs, peer.sessions[0].joinMs + ownMs);
  }
  // One where a slice leaves and one where it comes in, if threads have ticks for so many.
  const wakeUps = Math.min(2 * slices, ((threads - 1) * mean(busyMs)) / sliceMs);
  trafficMs += slices * MS_PER_SLICE + wakeUps * MS_PER_WAKE_UP;
  return { startMs: threads * MS_PER_THREAD, trafficMs, busyMs: lastMs };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Bytes per second of the typical uplink. */
function usualUpOf({ peers }: Plan): number {
  const ups = peers.map(({ link }) => link.upBytesPerSec ?? Infinity).toSorted((a, b) => a - b);
  return ups[Math.floor(ups.length / 2)] ?? Infinity;
}

/** At which the peer gets something, in bytes per second: of its downlink, or of the typical uplink if that is slower. */
function rateOf({ link }: PlannedPeer, usualUp: number): number {
  return Math.min(link.downBytesPerSec ?? Infinity, usualUp);
}
