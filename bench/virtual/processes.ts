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
  const { message, code } = await runForked(workerFile, task, signal);
  const sample = message as VirtualSample | undefined;
  if (sample?.complete === true) return sample;
  throw new EngineError(`the swarm did not complete (its process ended with code ${code})`);
}

/** Starts a process with a task, and waits for its end. What it told last is undefined where it died before. */
export async function runForked(
  workerFile: URL,
  task: object,
  signal: AbortSignal,
): Promise<{ readonly message: unknown; readonly code: string }> {
  const execArgv = [`--max-old-space-size=${HEAP_MIB_MAX}`];
  const child = fork(fileURLToPath(workerFile), { signal, execArgv });
  let last: unknown;
  child.on('message', (message) => (last = message));
  child.send(task);
  const code = await exitOf(child);
  return { message: last, code };
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
