import { hostWarnings } from '../host.ts';
import { meanInterval } from '../statistics.ts';
import type { DurationResult, HostShare } from './report.ts';

/** Times of one benchmark, and how busy the host was with others meanwhile. */
export function durationResult(
  about: Pick<DurationResult, 'name' | 'what' | 'goalMs' | 'valuesMs'>,
  host: HostShare,
): DurationResult {
  const interval = meanInterval(about.valuesMs);
  return { kind: 'duration', ...about, interval, host, warnings: hostWarnings(host) };
}
