/** Programs that are measured as a whole, from outside. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../src/core/errors.ts';
import type { VirtualSample, VirtualTask } from './virtual-task.ts';

/** Node's own limit is at most 4 GiB. */
const HEAP_MIB_MAX = 12 * 1024;

/** @throws {EngineError} the swarm did not complete, or its process died */
export async function runTask(
  workerFile: URL,
  task: VirtualTask,
  signal: AbortSignal,
): Promise<VirtualSample> {
  const child = fork(fileURLToPath(workerFile), {
    signal,
    execArgv: [`--max-old-space-size=${HEAP_MIB_MAX}`],
  });
  let sample: VirtualSample | undefined;
  child.on('message', (message: VirtualSample) => (sample = message));
  child.send(task);
  const code = await exitOf(child);
  if (sample?.complete === true) return sample;
  throw new EngineError(`the swarm did not complete (its process ended with code ${code})`);
}

/** Milliseconds of real time until a program has ended. @throws {EngineError} it ended with another code than 0 */
export async function timeOf(argv: readonly string[], cwd: string, signal: AbortSignal): Promise<number> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, argv, { cwd, stdio: 'ignore', signal });
  const code = await exitOf(child);
  if (code !== '0') throw new EngineError(`${argv.slice(1).join(' ')}: exit code ${code}`);
  return performance.now() - beganMs;
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, killedBy) => resolve(String(code ?? killedBy)));
  });
}
