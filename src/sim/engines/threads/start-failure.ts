/** A thread that cannot be started: a limit of the system, not a defect. */
import { Worker } from 'node:worker_threads';
import { EngineError } from '../../../core/errors.ts';
import { THIS_MACHINE } from '../../machine/system-files.ts';
import { threadLimits, threadsLeft } from '../../machine/threads.ts';

/** Programs come and go: so few threads left are none. */
const LEFT_MAX = 4;

const REMEDY = 'take fewer peers or a higher engine.peers_per_worker';

/** @throws {EngineError} no further thread can be started */
export function startWorker(file: URL, workerData: unknown): Worker {
  try {
    return new Worker(file, { workerData });
  } catch (cause) {
    throw startFailure(cause);
  }
}

/** Whether Node could not start a worker thread. */
export function isStartFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_INIT_FAILED';
}

/** The limit that is reached, and what helps; any other error as it is. */
export function startFailure(cause: unknown, root = THIS_MACHINE): unknown {
  if (!isStartFailure(cause)) return cause;
  // Its message ends with the system's word for it: `Worker initialization failure: EAGAIN`.
  const reason = /\bE[A-Z]+$/.exec((cause as Error).message)?.[0] ?? (cause as Error).message;
  return new EngineError(`no further thread can be started: ${whatHelps(reason, root)}`, { cause });
}

function whatHelps(reason: string, root: string): string {
  if (reason === 'EMFILE') return `too many open files; ${REMEDY}, or raise ulimit -n`;
  if (reason === 'ENFILE')
    return `too many open files on this machine; ${REMEDY}, or raise sysctl fs.file-max`;
  const [limit] = reason === 'EAGAIN' ? threadLimits(root) : [];
  if (limit === undefined || threadsLeft(limit) > LEFT_MAX) {
    return `the system refuses it (${reason}) and does not say which limit it has reached; ${REMEDY}`;
  }
  return `${limit.what} (${limit.max} at most, ${limit.used} in use); ${REMEDY}, or raise ${limit.setting}`;
}
