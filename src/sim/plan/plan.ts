/** The plan of a run and its parts, as types: plan-schema.ts says what each key means. */
import type { z } from 'zod';
import type { engineNames } from './engine-names.ts';
import type { planSchema } from './plan-schema.ts';

/** Nobody changes a plan. */
export type Frozen<T> = { readonly [K in keyof T]: Frozen<T[K]> };

export type Plan = Frozen<z.output<typeof planSchema>>;

export type PlannedContent = Plan['content'];
export type PlannedTracker = Plan['tracker'];
export type PlannedPeer = Plan['peers'][number];
export type PlannedPolicy = PlannedPeer['policy'];
export type PlannedLink = PlannedPeer['link'];
export type PlannedLoss = NonNullable<PlannedLink['loss']>;
export type PlannedWindow = NonNullable<PlannedLink['window']>;
export type PlannedLinkChange = PlannedLink['changes'][number];
/** A drawn-from distribution that is sampled during the run. */
export type Distribution = NonNullable<PlannedLink['jitterMs']>;
export type PlannedRegions = NonNullable<Plan['regions']>;

/** One session of a peer in the swarm. */
export type PlannedSession = PlannedPeer['sessions'][number];
export type TimedSession = PlannedPeer['sessions'][0];
/** After a session that ends by the peer's own completion. */
export type ReturnSession = Exclude<PlannedSession, TimedSession>;
export type PlannedLeave = NonNullable<TimedSession['leave']>;

export type PlannedFault = Plan['faults'][number];
export type FaultTrigger = PlannedFault['when'];
export type FaultEffect = PlannedFault['effect'];

export type Threshold = Plan['expect'][number];
export type Condition = Plan['abortOn'][number];
/** What can be known while the swarm runs. */
export type LiveFigure = Condition['figure'];
export type Comparison = Condition['comparison'];
export type EngineName = (typeof engineNames)[number];
export type PlannedVariant = NonNullable<Plan['variant']>;

/** On which engine the plan is to be run. */
export function engineNameOf({ engine }: Plan): EngineName {
  return engine.name ?? 'threads';
}

/** A link that does nothing: to be spread under what a link has. */
export const unlimitedLink: PlannedLink = {
  upBytesPerSec: null,
  downBytesPerSec: null,
  latencyMs: 0,
  jitterMs: null,
  region: null,
  loss: null,
  window: null,
  changes: [],
};
