import { Bench, type TimerSaturationReason } from 'tinybench';
import { LocalProtocolError } from '../../src/core/errors.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

/** How long one benchmark may take in one round. */
export interface MicroBudget {
  readonly timeMs: number;
  readonly warmupMs: number;
  /** At least so many calls, also where they take longer than `timeMs`. */
  readonly callsMin: number;
}

/** What a worker is given. */
export interface MicroTask {
  readonly names: readonly string[];
  readonly budget: MicroBudget;
}

/** One benchmark in one round. */
export interface MicroSample {
  readonly name: string;
  readonly opsPerSec: number;
  readonly p99Ms: number;
  readonly samples: number;
  readonly checksum: string;
  /** Why tinybench distrusts its timer here. */
  readonly saturation: TimerSaturationReason | null;
}

const CHECKED_CALLS = 2;

export function measureOnce(benchmark: MicroBenchmark, budget: MicroBudget): MicroSample {
  const { name, opsPerCall } = benchmark;
  const call = benchmark.prepare();
  const checksum = checksumOf(Array.from({ length: CHECKED_CALLS }, call));
  const bench = new Bench({
    time: budget.timeMs,
    iterations: budget.callsMin,
    warmupTime: budget.warmupMs,
    warmupIterations: 1,
    throws: true,
  });
  let saturation: TimerSaturationReason | null = null;
  bench.addEventListener('warning', ({ reason }) => (saturation = reason ?? null));
  let consumed = 0;
  bench.add(name, () => {
    consumed = (consumed + call()) | 0;
  });
  const [task] = bench.runSync();
  const result = task?.result;
  if (result?.state !== 'completed' || !Number.isInteger(consumed)) {
    throw new LocalProtocolError(`${name}: ${result?.state ?? 'no task'} instead of completed`);
  }
  const { latency } = result;
  return {
    name,
    // Not the mean of the calls' rates, which overstates where calls differ.
    opsPerSec: (opsPerCall * 1000) / latency.mean,
    p99Ms: latency.p99 / opsPerCall,
    samples: latency.samplesCount,
    checksum,
    saturation,
  };
}

/** FNV-1a over 32-bit integers. */
function checksumOf(values: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const value of values) hash = Math.imul(hash ^ (value | 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
