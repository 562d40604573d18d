/** Of a run over several hosts: each with how far it can be trusted. */
import { trustInHost } from '../measure/trust/trust.ts';
import type { RunResult } from '../result/result.ts';
import { formatBytes, formatDuration, formatPercent, formatRatio } from '../units/format.ts';
import type { Column } from './table.ts';

export const hostColumns: readonly Column[] = [
  { head: 'host' },
  { head: 'address' },
  { head: 'peers', align: 'right' },
  { head: 'clock ±', align: 'right' },
  { head: 'event-loop delay, 99th percentile', align: 'right' },
  { head: 'longest pause', align: 'right' },
  { head: 'processor use', align: 'right' },
  { head: 'load before', align: 'right' },
  { head: 'used by others', align: 'right' },
  { head: 'largest memory', align: 'right' },
  { head: 'trust' },
];

/** None where there is but this machine. */
export function hostRows({ trust: { host }, swarm, elapsedMs }: RunResult): readonly (readonly string[])[] {
  const periodMs = swarm.makespanMs ?? elapsedMs;
  return (host.hosts ?? []).map((one) => [
    one.name,
    one.address,
    String(one.peers),
    formatDuration(one.clockErrorMs),
    formatDuration(one.loopDelayP99Ms),
    formatDuration(one.loopDelayMaxMs),
    formatPercent(one.cpuShare),
    formatRatio(one.loadBefore),
    formatPercent(one.changes?.othersCpuShare ?? null),
    formatBytes(one.maxRssBytes),
    one.lost ? 'lost' : trustInHost(one, periodMs),
  ]);
}
