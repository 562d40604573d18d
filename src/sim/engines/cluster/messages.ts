/**
 * What crosses between the coordinator of a run and a host: plain data, as JSON. A host does nothing else than what
 * stands here: it carries out its part of a plan. Positions count from 0 in the plan of the host, which has only the
 * peers that live there. Times are those of the coordinator's clock, unless something else is said.
 */
import { z } from 'zod';
import type { PlainError } from '../../../core/errors.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Address } from '../../../core/interfaces.ts';
import { planSchema } from '../../plan/plan-schema.ts';
import type { MachineChanges } from '../../machine/machine-changes.ts';
import { isPeerEffect, type PeerEffect } from '../../faults/occurrence.ts';
import type { FaultEffect, Frozen } from '../../plan/plan.ts';
import type { FolderVerdict } from '../real-time/ground.ts';

const position = z.int().min(0);
const timeMs = z.number();
const id = z.int().min(0);
const address = z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) });

const fault = z.strictObject({
  id,
  effect: planSchema.shape.faults.element.shape.effect.refine(
    (effect) => isPeerEffect(effect as FaultEffect),
    'happens to no peer',
  ) as unknown as z.ZodType<PeerEffect, PeerEffect>,
  sides: z.array(z.array(z.string())),
});

const placeSchema = z.strictObject({
  /** Addresses of all hosts: nobody else may connect. */
  members: z.array(z.string()).min(1),
  /** Of all peers of the run: which link is at which host; null: it does not matter. */
  links: z
    .strictObject({
      links: z.array(planSchema.shape.peers.element.shape.link),
      linkAt: z.record(z.string(), position),
    })
    .nullable(),
});

export const toHostSchema = z.discriminatedUnion('type', [
  /** Answered by `pong` at once. */
  z.strictObject({ type: z.literal('ping'), id }),
  /** Makes content and folders ready; answered by `assembled`. */
  z.strictObject({
    type: z.literal('assemble'),
    plan: planSchema,
    /** process.hrtime of the host when the coordinator's clock was 0, in ns. */
    originNs: z.string().regex(/^-?\d+$/),
    /** Rows of the board on which faults count what they hit. */
    occurrences: z.int().min(0),
    trackerHasFaults: z.boolean(),
    place: placeSchema,
    /** Of what the part of this host needs: its peers connect to those of others, too. */
    part: z.strictObject({
      peersElsewhere: z.int().min(0),
      hasTracker: z.boolean(),
      sharesAddress: z.boolean(),
    }),
  }),
  /** Answered by `listening`. */
  z.strictObject({ type: z.literal('start-tracker'), port: z.int().min(0).max(65_535) }),
  /** The tracker lives on another host. */
  z.strictObject({ type: z.literal('tracker-at'), address }),
  /** Opens the peer's store; answered by `ready`. `faults`: that hold now; absent: none of the plan is about it. */
  z.strictObject({
    type: z.literal('prepare'),
    position,
    stay: z.int().min(1),
    faults: z.array(fault).optional(),
  }),
  z.strictObject({ type: z.literal('reset-folder'), position }),
  z.strictObject({ type: z.literal('begin'), startMs: timeMs }),
  z.strictObject({ type: z.literal('join'), position, atMs: timeMs }),
  z.strictObject({ type: z.literal('leave'), position }),
  /** Answered by `dead`. */
  z.strictObject({ type: z.literal('crash'), position }),
  z.strictObject({ type: z.literal('release'), position }),
  z.strictObject({ type: z.literal('fault-begin'), position, fault }),
  z.strictObject({ type: z.literal('fault-end'), position, id }),
  z.strictObject({ type: z.literal('tracker-stop'), id }),
  z.strictObject({ type: z.literal('tracker-start'), forgets: z.boolean() }),
  z.strictObject({ type: z.literal('tracker-reset'), id, probability: z.number().min(0).max(1) }),
  /** Answered by `figures`, then `settled`. */
  z.strictObject({ type: z.literal('settle') }),
  /** Lets the peers, or the tracker, leave in order; answered by `closed`. */
  z.strictObject({
    type: z.literal('close'),
    who: z.enum(['peers', 'tracker']),
    limitMs: z.number().min(0),
  }),
  /** Answered by `verified`. */
  z.strictObject({ type: z.literal('verify') }),
  /** Ends all that is left of the run on this host; answered by `disposed`. */
  z.strictObject({ type: z.literal('dispose') }),
]);

export type ToHost = Frozen<z.output<typeof toHostSchema>>;

/** Of this message and no other. */
export type ToHostOf<Type extends ToHost['type']> = Extract<ToHost, { readonly type: Type }>;

/** What has changed since the last message of this kind. */
export interface Figures {
  /** By position; the tracker's is behind the last peer's. In the order of `nodeFields`. */
  readonly nodes: readonly (readonly [number, readonly number[]])[];
  /** By thread, in the order of `workerFields`. */
  readonly workers: readonly (readonly [number, readonly number[]])[];
  /** To be added on the board of hits, by place in it. */
  readonly hits: readonly (readonly [number, number])[];
}

/** How the process on a host behaved since the distribution began. */
export interface HostUse {
  readonly cpuShare: number;
  readonly throttledShare: number | null;
  readonly maxRssBytes: number;
  readonly loadBefore: number;
  /** The machine that it runs on; agents may share one. */
  readonly machine: string;
  readonly changes: MachineChanges;
  readonly foldersInMemory: boolean;
  readonly fitted: readonly string[];
}

export type FromHost =
  | { readonly type: 'pong'; readonly id: number; readonly hostNs: string }
  | { readonly type: 'assembled'; readonly workers: number; readonly contentDigest: string }
  | { readonly type: 'listening'; readonly address: Address }
  | { readonly type: 'ready'; readonly position: number }
  | { readonly type: 'dead'; readonly position: number; readonly diedMs: number }
  | { readonly type: 'events'; readonly events: readonly SwarmEvent[] }
  | { readonly type: 'gone'; readonly peer: string; readonly atMs: number }
  | { readonly type: 'figures'; readonly figures: Figures; readonly use: HostUse }
  | { readonly type: 'settled' }
  | { readonly type: 'closed'; readonly who: 'peers' | 'tracker' }
  | { readonly type: 'verified'; readonly verdicts: readonly FolderVerdict[] }
  | { readonly type: 'disposed' }
  /** Something of ours broke, or the run cannot be carried out there. */
  | { readonly type: 'failed'; readonly error: PlainError };

export type FromHostOf<Type extends FromHost['type']> = Extract<FromHost, { readonly type: Type }>;
