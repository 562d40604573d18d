/** All micro-benchmarks, in the order of the report. */
import { chunkSetBenchmarks } from './chunk-set.ts';
import { framingBenchmarks } from './framing.ts';
import { hashingBenchmarks } from './hashing.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { pickerBenchmarks } from './picker.ts';
import { registryBenchmarks } from './registry.ts';
import { scenarioBenchmarks } from './scenario.ts';
import { specCodecBenchmarks } from './spec-codec.ts';
import { swarmCodecBenchmarks } from './swarm-codec.ts';

export const microSuite: readonly MicroBenchmark[] = [
  ...specCodecBenchmarks,
  ...swarmCodecBenchmarks,
  ...framingBenchmarks,
  ...pickerBenchmarks,
  ...registryBenchmarks,
  ...chunkSetBenchmarks,
  ...hashingBenchmarks,
  ...scenarioBenchmarks,
];
