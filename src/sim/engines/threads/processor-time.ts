/** How much processor time a run takes, from its traffic: fitted to measured runs, see docs/benchmarks.md. */
import { chunkBytesOf, heldAtStart } from '../../content/planned-content.ts';
import { blockBytes } from '../../network/link-sizes.ts';
import type { Plan, PlannedPeer } from '../../plan/plan.ts';
import { sliceMsOf } from '../real-time/slice.ts';
import { connectionsMaxOf, WHOLE } from './part-of-run.ts';

const MS_PER_THREAD = 100;
/** Out of one peer and into another, whether they share threads or not: what costs is our code, not the wake-up. */
const MS_PER_SLICE = 0.45;
const MS_PER_MB = 5;
/** To agree on it, and to tell the neighbours. */
const MS_PER_CHUNK = 1;
/** To connect, to greet and to show what one has. */
const MS_PER_END = 2;

export interface ProcessorTime {
  /** Of threads, which load their code. */
  readonly startMs: number;
  /** Of connecting, and of moving what peers lack. */
  readonly trafficMs: number;
}

/** From the start of the distribution, for `threads` threads. Every peer is expected to get all that it lacks. */
export function processorTimeOf(plan: Plan, threads: number, part = WHOLE): ProcessorTime {
  const sizes = chunkBytesOf(plan.content);
  const heldBy = heldAtStart(plan.content);
  const whole = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const sliceMs = sliceMsOf(plan);
  const usualUp = usualUpOf(plan);
  const trafficMs = plan.peers.reduce((sum, peer) => {
    const held = heldBy(peer.holds);
    const lacks = whole - held.reduce((bytes, index) => bytes + sizes[index - 1]!, 0);
    const chunks = sizes.length - held.length;
    const slices = lacks / sliceBytesOf(peer, usualUp, sliceMs);
    const ends = connectionsMaxOf(peer, plan, part);
    const movingMs = (lacks / 1e6) * MS_PER_MB + slices * MS_PER_SLICE;
    return sum + ends * MS_PER_END + chunks * MS_PER_CHUNK + movingMs;
  }, 0);
  return { startMs: threads * MS_PER_THREAD, trafficMs };
}

/** Bytes per second of the typical uplink. */
function usualUpOf({ peers }: Plan): number {
  const ups = peers.map(({ link }) => link.upBytesPerSec ?? Infinity).toSorted((a, b) => a - b);
  return ups[Math.floor(ups.length / 2)] ?? Infinity;
}

/** Of what the peer gets: of its downlink, or of the typical uplink where that is slower. */
function sliceBytesOf({ link }: PlannedPeer, usualUp: number, sliceMs: number): number {
  const rate = Math.min(link.downBytesPerSec ?? Infinity, usualUp);
  return rate === Infinity ? Infinity : blockBytes(rate, sliceMs);
}
