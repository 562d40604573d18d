/** What a run of the benchmarks leaves: reports/bench/<timestamp>.json. The schema is the type. */
import { z } from 'zod';

export const BENCH_SCHEMA_VERSION = 1;

const interval = z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable();

/** How the host was while something was measured. */
const host = z.object({
  /** One-minute load average over the number of cores. */
  loadBefore: z.number(),
  /** Share of all cores that this process and the programs it started used, 0 to 1. */
  ownCpuShare: z.number(),
  /** Share of all cores that anybody else used. */
  othersCpuShare: z.number(),
  /** Share of the periods of a cgroup's quota in which it stopped this process; absent without a quota. */
  throttledShare: z.number().exactOptional(),
});

const micro = z.object({
  kind: z.literal('micro'),
  name: z.string(),
  /** Operations a second, one value a round. A round is a thread of its own, with its own compiled code. */
  opsPerSec: z.array(z.number().positive()).min(1),
  /** Of `opsPerSec`; null for one round. */
  interval,
  /** 99th percentile of the time of an operation, over the samples of each round, ms; the median of the rounds. */
  p99Ms: z.number(),
  samples: z.number(),
  /** Of one operation, where it moves bytes; else null. */
  bytesPerOp: z.number().nullable(),
  /** Of what the first calls returned: equal work has equal checksums. Eight hex digits. */
  checksum: z.string(),
  warnings: z.array(z.string()),
});

const throughputRun = z.object({
  goodputBytesPerSec: z.number().positive(),
  starBytesPerSec: z.number().positive(),
  makespanMs: z.number(),
  starMs: z.number(),
  setupMs: z.number(),
  /** Bytes that the seeder sent / size of the file. */
  seederLoad: z.number().nullable(),
  /** Wasted / received payload. */
  waste: z.number().nullable(),
  host,
  starHost: host,
});

const throughput = z.object({
  kind: z.literal('throughput'),
  name: z.string(),
  leechers: z.number(),
  fileBytes: z.number(),
  chunkBytes: z.number(),
  /** Star and swarm, measured in turns. */
  runs: z.array(throughputRun).min(1),
  /** Swarm over star; null for one run. */
  ratio: interval,
  warnings: z.array(z.string()),
});

const duration = z.object({
  kind: z.literal('duration'),
  name: z.string(),
  /** What is timed. */
  what: z.string(),
  valuesMs: z.array(z.number().positive()).min(1),
  interval,
  /** To be reached, ms; null when nothing was promised. */
  goalMs: z.number().nullable(),
  host,
  warnings: z.array(z.string()),
});

const cost = z.object({
  kind: z.literal('cost'),
  name: z.string(),
  peers: z.number(),
  chunks: z.number(),
  /** Processor time of a process / chunks that it delivered to its peers, ms; one value a process. */
  chunkMs: z.array(z.number().positive()).min(1),
  interval,
  /** The most that each process held. */
  memoryBytes: z.array(z.number().positive()),
  /** Of all chunks, the share that came before the run was cut off, the least of all processes; absent: all. */
  share: z.number().exactOptional(),
  /** To be reached, ms. */
  goalMs: z.number(),
  host,
  warnings: z.array(z.string()),
});

const ratio = z.object({
  kind: z.literal('ratio'),
  name: z.string(),
  /** Of what. */
  what: z.string(),
  /** Each of two values that were measured one after the other. */
  values: z.array(z.number().positive()).min(1),
  /** Of their geometric mean; null for one value. */
  interval,
  /** To be reached. */
  goal: z.object({ is: z.enum(['at least', 'at most']), value: z.number() }),
  host,
  warnings: z.array(z.string()),
});

const result = z.discriminatedUnion('kind', [micro, throughput, duration, cost, ratio]);

const environment = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.number(),
  coresLimit: z.object({ by: z.enum(['cgroup', 'affinity']), ofMachine: z.number() }).exactOptional(),
  memoryBytes: z.number(),
});

export const benchReportSchema = z.object({
  schemaVersion: z.literal(BENCH_SCHEMA_VERSION),
  startedAt: z.string(),
  /** `smoke`: everything in small; its figures say only that it works. */
  size: z.enum(['full', 'smoke']),
  environment,
  host,
  results: z.array(result),
  /** What did not run to its end, in words. */
  failures: z.array(z.string()),
});

export type BenchReport = z.infer<typeof benchReportSchema>;
export type BenchResult = z.infer<typeof result>;
export type MicroResult = z.infer<typeof micro>;
export type ThroughputResult = z.infer<typeof throughput>;
export type ThroughputRun = z.infer<typeof throughputRun>;
export type DurationResult = z.infer<typeof duration>;
export type CostResult = z.infer<typeof cost>;
export type RatioResult = z.infer<typeof ratio>;
export type HostShare = z.infer<typeof host>;
