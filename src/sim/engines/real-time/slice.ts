/** How finely links let go of what has a rate: as finely as the wake-ups allow that a run can afford. */
import { SECOND_MS } from '../../../core/units.ts';
import { SLICE_MS_MAX, SLICE_MS_MIN } from '../../network/link-sizes.ts';
import type { Plan, PlannedLink } from '../../plan/plan.ts';

/** Of all rates of a run together: some two per cent of a core. */
const WAKE_UPS_PER_SEC = 1000;

/** What the scenario asks for; otherwise the shortest slice with few enough wake-ups, 1 to 10 ms. */
export function sliceMsOf({ engine, peers }: Plan): number {
  if (engine.sliceMs !== undefined) return engine.sliceMs;
  const rates = peers.reduce((sum, { link }) => sum + limitedDirections(link), 0);
  return Math.min(SLICE_MS_MAX, Math.max(SLICE_MS_MIN, (rates * SECOND_MS) / WAKE_UPS_PER_SEC));
}

/** Whether any link of the plan has a rate, and so any slice. */
export function hasRates({ peers }: Plan): boolean {
  return peers.some(({ link }) => limitedDirections(link) > 0);
}

function limitedDirections({ upBytesPerSec, downBytesPerSec }: PlannedLink): number {
  return (upBytesPerSec === null ? 0 : 1) + (downBytesPerSec === null ? 0 : 1);
}
