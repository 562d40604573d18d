/** One round of the micro-benchmarks, in a thread of its own: each round compiles anew, as each program start does. */
import { parentPort, workerData } from 'node:worker_threads';
import { measureOnce, type MicroTask } from './measure-once.ts';
import { microSuite } from './suite.ts';

const { names, budget } = workerData as MicroTask;
for (const benchmark of microSuite) {
  if (names.includes(benchmark.name)) parentPort!.postMessage(measureOnce(benchmark, budget));
}
