/** Links that carried more than they may: a defect of the laboratory, whatever the engine. */
import { formatPercent } from '../../units/format.ts';
import type { PeerFigures, SwarmFigures } from '../../result/result.ts';

/** Timers and clocks are not exact: only beyond this share is a run faster than its bound. */
export const BOUND_SLACK_SHARE = 0.001;

/** An uplink used beyond its capacity by more than this share has leaked. */
export const LEAK_SHARE_MAX = 0.02;

/** Uplinks that carried less than this are not tested for leaks: one write may exceed a moment's capacity. */
const LEAK_TEST_BYTES_MIN = 1024 * 1024;

/** One sentence each. */
export function leakWarnings(swarm: SwarmFigures, peers: readonly PeerFigures[]): string[] {
  const warnings: string[] = [];
  const { efficiency } = swarm.bound;
  if (efficiency !== null && efficiency > 1 + BOUND_SLACK_SHARE) {
    warnings.push(
      `The run was faster than its lower bound (efficiency ${formatPercent(efficiency)}): ` +
        'either the shaper leaks or the bound is wrong; please report it.',
    );
  }
  const leaks = peers.filter(
    ({ uploadUtilisation, uploadedBytes }) =>
      (uploadUtilisation ?? 0) > 1 + LEAK_SHARE_MAX && uploadedBytes >= LEAK_TEST_BYTES_MIN,
  );
  const worst = leaks.toSorted((a, b) => b.uploadUtilisation! - a.uploadUtilisation!)[0];
  if (worst !== undefined) {
    const others = leaks.length > 1 ? ` (and of ${leaks.length - 1} more peers)` : '';
    warnings.push(
      `The uplink of ${worst.name}${others} carried ${formatPercent(worst.uploadUtilisation)} of its capacity: ` +
        'the shaper leaks.',
    );
  }
  return warnings;
}
