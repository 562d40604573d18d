/** What the charts of a run are made of: who was there when, and every receipt, as columns of numbers. */
import type { ChunkSet } from '../../../core/chunk-set.ts';
import type { Stay } from '../../measure/presence.ts';
import type { FaultEffect, Plan } from '../../plan/plan.ts';
import type { RunResult } from '../../result/result.ts';

/** What a receipt was. */
export const receiptKinds = {
  /** A chunk that the peer had never received before. */
  useful: 0,
  /** A chunk that it had received before, and lost. */
  again: 1,
  /** What another had sent of a chunk before somebody else finished it. */
  part: 2,
  /** For nothing. */
  discarded: 3,
} as const;

/** One row a receipt, in order of time; `from` and `to` are positions in `names`. */
export interface Receipts {
  readonly atMs: ArrayLike<number>;
  /** From the request that brought the last byte of the chunk; 0 where that is not known. */
  readonly tookMs: ArrayLike<number>;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** From 1. */
  readonly chunk: ArrayLike<number>;
  readonly bytes: ArrayLike<number>;
  readonly kind: ArrayLike<number>;
}

export interface StoryFault {
  readonly name: string;
  readonly kind: string;
  /** As the plan has it; undefined: it is none of the plan. */
  readonly effect: FaultEffect | undefined;
  readonly fromMs: number;
  /** null: it lasted to the end of the run. */
  readonly toMs: number | null;
  readonly targets: readonly string[];
}

/** Kinds of what reached the tracker and brought it something new. */
export const newsKinds = {
  /** One message, of however many chunks. */
  announced: 0,
  asked: 1,
  /** Part of the first announce. */
  registered: 2,
  /** No message: a connection broke, or fell silent. */
  forgotten: 3,
} as const;

/** What reached the tracker, as far as events tell: announces without news are not among them. */
export interface TrackerNews {
  readonly atMs: ArrayLike<number>;
  /** One of `newsKinds`. */
  readonly kind: ArrayLike<number>;
}

export interface SwarmStory {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly endMs: number;
  /** The peers of the plan in its order, then clients from outside by their address. */
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** By peer: position in `groups`. */
  readonly groupOf: readonly number[];
  readonly receipts: Receipts;
  /** By peer; of a client from outside none. */
  readonly stays: readonly (readonly Stay[])[];
  readonly completionsMs: readonly (readonly number[])[];
  /** What each held when it first joined; undefined: that is not known. */
  readonly initial: readonly (ChunkSet | undefined)[];
  readonly faults: readonly StoryFault[];
  readonly tracker: TrackerNews;
  /** The share of the chunks whose events were seen, 0 to 1. */
  readonly seenShare: number;
  /** The run is not over: the result is that of the run so far. */
  readonly goesOn: boolean;
}
