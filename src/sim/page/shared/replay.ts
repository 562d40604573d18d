/** The state of the swarm at any instant, of what the page holds for its replay. A pure function: tests ask it, too. */
import type { ReplayChart, ReplayCut } from './charts.ts';
import { unpackRows } from './number-columns.ts';

/** Times are kept in tenths of a millisecond. */
export const TICKS_A_MS = 10;

/** Of the same instant in this order. */
export const stepKinds = ['joined', 'received', 'completed', 'left', 'crashed'] as const;
export type StepKind = (typeof stepKinds)[number];

export type PeerPhase = 'absent' | 'present' | 'complete' | 'left' | 'crashed';

export interface PeerAt {
  readonly name: string;
  readonly phase: PeerPhase;
  /** Chunks that it holds: of one that has gone those it had. */
  readonly held: number;
}

export interface TransferAt {
  /** Positions of peers; null: a peer that is not shown. */
  readonly from: number | null;
  readonly to: number;
  /** How much of its time has passed, 0 to 1. */
  readonly progress: number;
}

export interface SwarmAt {
  readonly atMs: number;
  readonly peers: readonly PeerAt[];
  readonly transfers: readonly TransferAt[];
  /** Partitions that hold now. */
  readonly cuts: readonly ReplayCut[];
}

export interface Replay {
  swarmAt(atMs: number): SwarmAt;
}

/** Where a reader is in a replay. */
export interface ReplayPlace {
  readonly atMs: number;
  readonly plays: boolean;
  /** 1: the whole run in 20 s. */
  readonly speed: number;
}

/** What a page with a replay offers to a page around it, and to tests. */
export interface ReplayWindow {
  readonly replay?: {
    swarmAt(atMs: number): SwarmAt;
    /** undefined: nobody has moved or played it. */
    chosen(): ReplayPlace | undefined;
    /** As one that a reader has brought there. */
    goOn(place: ReplayPlace): void;
  };
}

/** Width of a row of `ReplayChart.steps`, and of `ReplayChart.transfers`. */
export const ROW = 4;

/** Steps between two states that are kept, so that any instant is near one. */
const KEPT_EVERY = 512;

interface Peers {
  readonly phase: PeerPhase[];
  readonly held: number[];
}

interface Step {
  readonly peer: number;
  readonly kind: number;
  readonly ticks: number;
  readonly held: number;
}

const RECEIVED = stepKinds.indexOf('received');

export function openReplay(chart: ReplayChart): Replay {
  const transfers = unpackRows(chart.transfers, ROW);
  const steps = stepsOf(unpackRows(chart.steps, ROW), transfers);
  const apply = ({ peer, kind, held }: Step, state: Peers): void => {
    if (kind === RECEIVED) {
      state.held[peer] = Math.min(chart.totalChunks, state.held[peer]! + chart.chunksEach);
      return;
    }
    const name = stepKinds[kind] as Exclude<StepKind, 'received'>;
    state.phase[peer] = name === 'joined' ? 'present' : name === 'completed' ? 'complete' : name;
    if (name === 'joined' || name === 'completed') state.held[peer] = held;
  };
  const current: Peers = { phase: chart.names.map(() => 'absent'), held: chart.names.map(() => 0) };
  const kept: Peers[] = [copyOf(current)];
  steps.forEach((step, at) => {
    apply(step, current);
    if ((at + 1) % KEPT_EVERY === 0) kept.push(copyOf(current));
  });
  const stepTicks = steps.map(({ ticks }) => ticks);
  const ends = transfers.filter((_, at) => at % ROW === 3);
  const longest = transfers.reduce((most, number, at) => (at % ROW === 2 ? Math.max(most, number) : most), 0);
  return {
    swarmAt(atMs) {
      const ticks = Math.round(atMs * TICKS_A_MS);
      const until = firstAfter(stepTicks, ticks);
      const base = Math.floor(until / KEPT_EVERY);
      const state = copyOf(kept[base]!);
      for (let at = base * KEPT_EVERY; at < until; at++) apply(steps[at]!, state);
      return {
        atMs,
        peers: chart.names.map((name, at) => ({ name, phase: state.phase[at]!, held: state.held[at]! })),
        transfers: underWay(transfers, firstAfter(ends, ticks), ticks, longest, chart.names.length),
        cuts: chart.cuts.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs),
      };
    },
  };
}

/** The lives of the peers and the ends of transfers, in one order. */
function stepsOf(lives: readonly number[], transfers: readonly number[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < lives.length; at += ROW) {
    steps.push({ peer: lives[at]!, kind: lives[at + 1]!, ticks: lives[at + 2]!, held: lives[at + 3]! });
  }
  for (let at = 0; at < transfers.length; at += ROW) {
    steps.push({ peer: transfers[at + 1]!, kind: RECEIVED, ticks: transfers[at + 3]!, held: 0 });
  }
  return steps.sort((a, b) => a.ticks - b.ticks || a.kind - b.kind);
}

function copyOf({ phase, held }: Peers): Peers {
  return { phase: [...phase], held: [...held] };
}

/** Position of the first that is after the instant, of those in order. */
function firstAfter(sorted: readonly number[], ticks: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** They stand in order of their end: those under way end after the instant, and not longer after it than any takes. */
function underWay(
  transfers: readonly number[],
  first: number,
  ticks: number,
  longest: number,
  peers: number,
): TransferAt[] {
  const found: TransferAt[] = [];
  for (let at = first * ROW; at < transfers.length; at += ROW) {
    const [from, to] = [transfers[at]!, transfers[at + 1]!];
    const [took, end] = [transfers[at + 2]!, transfers[at + 3]!];
    if (end > ticks + longest) break;
    if (end - took > ticks) continue;
    found.push({ from: from < peers ? from : null, to, progress: 1 - (end - ticks) / Math.max(1, took) });
  }
  return found;
}
