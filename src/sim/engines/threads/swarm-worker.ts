/**
 * What a worker thread runs. Its imports are what each of hundreds of threads has to load: keep them few
 * (no scenario, no report, no pool).
 */
import { threadId } from 'node:worker_threads';
import { toPlainError } from '../../../core/errors.ts';
import type { FolderVerdict } from '../real-time/ground.ts';
import type { FromWorker, WorkerTask } from './messages.ts';
import { runPeers } from './worker-peers.ts';
import { runTracker } from './worker-tracker.ts';
import { verifyFolders } from './verify.ts';

/** Resolves when the task is over and nothing of it is open any more. Failures are told by `failed`, as plain data. */
export async function work(task: WorkerTask): Promise<readonly FolderVerdict[] | undefined> {
  if (task.kind === 'verify') return verifyFolders(task);
  const { port } = task;
  const post = (message: FromWorker): void => port.postMessage(message);
  const fail = (error: unknown): void => post({ type: 'failed', error: toPlainError(error) });
  // Handlers of sockets and timers stand under nobody: without this, what they throw would lose its class and code.
  process.on('uncaughtException', fail);
  post({ type: 'up', threadId });
  try {
    if (task.kind === 'tracker') await runTracker(task, post);
    else await runPeers(task, post);
  } catch (error) {
    fail(error);
  }
  process.off('uncaughtException', fail);
  port.close();
  return undefined;
}
