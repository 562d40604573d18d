/** Reports made by hand, for the tests of what is done with them. */
import type {
  BenchReport,
  CostResult,
  DurationResult,
  HostShare,
  MicroResult,
  RatioResult,
  ThroughputResult,
} from './report.ts';
import { meanInterval, pairedRatio } from '../statistics.ts';

const idle: HostShare = { loadBefore: 0, ownCpuShare: 0.9, othersCpuShare: 0.02 };

export function report(changes: Partial<BenchReport> = {}): BenchReport {
  return {
    schemaVersion: 1,
    startedAt: '2026-01-02T03:04:05.678Z',
    size: 'full',
    environment: {
      version: '0.1.0',
      commit: '0123456789ab',
      node: 'v20.20.2',
      platform: 'linux x64',
      cpu: 'Processor',
      cores: 2,
      memoryBytes: 2 ** 34,
    },
    host: idle,
    results: [],
    failures: [],
    ...changes,
  };
}

export function micro(name: string, opsPerSec: number[], changes: Partial<MicroResult> = {}): MicroResult {
  return {
    kind: 'micro',
    name,
    opsPerSec,
    interval: meanInterval(opsPerSec),
    p99Ms: 0.0025,
    samples: 100,
    bytesPerOp: null,
    checksum: '00c0ffee',
    warnings: [],
    ...changes,
  };
}

export function throughput(name: string, goodputs: number[], stars: number[]): ThroughputResult {
  const runs = goodputs.map((goodputBytesPerSec, at) => ({
    goodputBytesPerSec,
    starBytesPerSec: stars[at]!,
    makespanMs: 1000,
    starMs: 500,
    setupMs: 300,
    seederLoad: 1.25,
    waste: 0.01,
    host: idle,
    starHost: idle,
  }));
  const ratio = pairedRatio(goodputs, stars);
  const sizes = { leechers: 8, fileBytes: 2 ** 28, chunkBytes: 2 ** 18 };
  return { kind: 'throughput', name, ...sizes, runs, ratio, warnings: [] };
}

export function duration(
  name: string,
  valuesMs: number[],
  changes: Partial<DurationResult> = {},
): DurationResult {
  return {
    kind: 'duration',
    name,
    what: 'makespan',
    valuesMs,
    interval: meanInterval(valuesMs),
    goalMs: null,
    host: idle,
    warnings: [],
    ...changes,
  };
}

export function cost(peers: number, chunkMs: number[]): CostResult {
  return {
    kind: 'cost',
    name: `cost, ${peers} peers`,
    peers,
    chunks: 100,
    chunkMs,
    interval: meanInterval(chunkMs),
    memoryBytes: chunkMs.map(() => 2 ** 28),
    goalMs: 0.06,
    host: idle,
    warnings: [],
  };
}

export function ratio(name: string, values: number[], goal: RatioResult['goal']): RatioResult {
  return {
    kind: 'ratio',
    name,
    what: 'processor time',
    values,
    interval: pairedRatio(
      values,
      values.map(() => 1),
    ),
    goal,
    host: idle,
    warnings: [],
  };
}
