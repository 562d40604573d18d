import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import workerThreads from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { EngineError } from '../../../core/errors.ts';
import { WorkerPool } from './worker-pool.ts';

/** Tells the number of its thread, and works until it is killed, unless it is told to answer. */
const WORKER = `
const { threadId } = require('node:worker_threads');
exports.work = ({ port, answer }) => {
  if (answer !== undefined) return answer;
  port.postMessage(threadId);
  return new Promise((resolve) => port.on('message', resolve));
};`;

function poolOf(threadsMax: number): WorkerPool {
  const file = join(folderOfTest('worker-pool-'), 'worker.cjs');
  writeFileSync(file, WORKER);
  const onError = (error: unknown): void => {
    throw error;
  };
  return new WorkerPool({ workerFile: pathToFileURL(file), threadsMax, onError });
}

/** From now on the system lets no thread start. */
function refuseThreads(): void {
  const code = 'ERR_WORKER_INIT_FAILED';
  vi.spyOn(workerThreads, 'Worker').mockImplementation(function refuse() {
    throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code });
  });
}

async function startLasting(pool: WorkerPool): Promise<{ threadId: number; done: Promise<unknown> }> {
  const { port1, port2 } = new workerThreads.MessageChannel();
  const up = new Promise<number>((resolve) => port1.once('message', resolve));
  const done = pool.run({ port: port2 }, [port2]);
  done.catch(() => undefined);
  const threadId = await up;
  port1.unref();
  return { threadId, done };
}

describe('the pool of worker threads', () => {
  afterEach(() => vi.restoreAllMocks());

  it('gives a task to each thread', async () => {
    const pool = poolOf(2);
    expect(await Promise.all([pool.run({ answer: 1 }), pool.run({ answer: 2 })])).toEqual([1, 2]);
    await pool.destroy();
  });

  it('kills one thread and leaves the others at work', async () => {
    const pool = poolOf(3);
    const [one, other] = [await startLasting(pool), await startLasting(pool)];
    await pool.terminate(one.threadId);
    await expect(one.done).rejects.toThrow('worker exited');
    expect(await pool.run({ answer: 'still here' })).toBe('still here');
    await pool.destroy();
    await expect(other.done).rejects.toThrow();
  });

  it('tells at once that a thread cannot be started, and still ends those there are', async () => {
    const pool = poolOf(3);
    const { done } = await startLasting(pool);
    refuseThreads();
    expect(() => pool.run({ answer: 1 })).toThrow(EngineError);
    expect(() => pool.run({ answer: 2 })).toThrow(/^no further thread can be started: /);
    await pool.destroy();
    await expect(done).rejects.toThrow();
  });

  it('starts threads again when the system lets it', async () => {
    const pool = poolOf(2);
    refuseThreads();
    expect(() => pool.run({ answer: 'lost' })).toThrow(EngineError);
    vi.restoreAllMocks();
    expect(await pool.run({ answer: 'later' })).toBe('later');
    await pool.destroy();
  });
});
