/** How near virtual time comes to real sockets, as fidelity.json holds it. docs/model.md explains it. */
import type { Repeated } from '../analyse/statistics.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { PlannedVariant } from '../plan/plan.ts';
import type { MetricUnit } from '../units/metric-unit.ts';

export const FIDELITY_SCHEMA_VERSION = 1;

/** Both engines are to agree within this share, in every figure that is judged. */
export const TOLERANCE_SHARE = 0.05;

export interface Fidelity extends Pick<
  Experiment,
  'scenario' | 'seed' | 'environment' | 'startedAt' | 'ending'
> {
  readonly schemaVersion: typeof FIDELITY_SCHEMA_VERSION;
  readonly kind: 'fidelity';
  /** Share of the figure on threads, 0 to 1. */
  readonly toleranceShare: number;
  /** Those of the scenario's sweep, or the scenario itself as the only one. */
  readonly arms: readonly FidelityArm[];
}

export interface FidelityArm {
  /** The scenario's name where it has no sweep. */
  readonly name: string;
  readonly parameters: PlannedVariant['parameters'];
  /** Plans that were run on both engines, each with a seed of its own. */
  readonly pairs: number;
  /** Of them, those whose run on threads the machine did not disturb; a load before it does not count. */
  readonly undisturbed: number;
  /** The worst of the figures that are judged. */
  readonly verdict: FidelityVerdict;
  readonly figures: readonly FidelityFigure[];
}

/**
 * `within`: the difference is within the tolerance, and half its interval is no wider than that. `differs`: the difference
 * is beyond. `unclear`: the interval is wider, and reaches into the tolerance. `host`: the machine set the speed on
 * threads. `told`: the figure is shown only.
 */
export type FidelityVerdict = 'within' | 'differs' | 'unclear' | 'host' | 'told';

export interface FidelityFigure {
  /** Its path, docs/metrics.md. */
  readonly metric: string;
  readonly unit: MetricUnit;
  /** Over the pairs that are compared; null: none has the figure. */
  readonly threads: Repeated | null;
  readonly virtual: Repeated | null;
  /**
   * Over the pairs: (virtual − threads) / threads, or of shares virtual − threads. null: no pair has the figure on both,
   * or it is 0 on threads.
   */
  readonly difference: Repeated | null;
  readonly verdict: FidelityVerdict;
  /** Why it is not `within`; else empty. */
  readonly note: string;
}
