/**
 * What the pool loads in each thread: it gets the thread's code, which comes compiled with the first task, see
 * worker-code.ts.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import type { WorkerTask } from './messages.ts';
import type { WorkerCode } from './worker-code.ts';

interface SwarmWorker {
  work(task: WorkerTask): Promise<unknown>;
}

type Task = WorkerTask & { readonly code?: WorkerCode };

let worker: SwarmWorker | undefined;

export function work({ code, ...task }: Task): Promise<unknown> {
  worker ??= code === undefined ? load() : run(code);
  return worker.work(task);
}

function load(): SwarmWorker {
  return createRequire(import.meta.url)('./swarm-worker.js') as SwarmWorker;
}

/** V8 compiles the source itself when it cannot take over what came with it. */
function run({ file, source, compiled }: WorkerCode): SwarmWorker {
  const script = new Script(source, { filename: file, cachedData: Buffer.from(compiled) });
  const module = { exports: {} as SwarmWorker };
  const wrapper = script.runInThisContext() as (...parts: unknown[]) => void;
  wrapper.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}
