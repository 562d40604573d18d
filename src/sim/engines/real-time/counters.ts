/**
 * Figures in shared memory: written by one worker, read by the engine at any time without disturbing it, and still
 * there when the worker has been killed. Single numbers of 64 bits are never torn, so no lock is needed.
 */
import { nodeFields, type NodeCounters } from '../run/node-counters.ts';

export const workerFields = ['loopDelayP99Ms', 'loopDelayMaxMs', 'nextBeatMs'] as const;

type Numbers<Field extends string> = Record<Field, number>;

/** Of a worker thread. `nextBeatMs`: when its event loop is expected next, on the shared clock; 0: nobody watches it. */
export type WorkerCounters = Numbers<(typeof workerFields)[number]>;

export function allocateCounters(nodes: number, workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((nodes * nodeFields.length + workers * workerFields.length) * 8);
}

/** `slot` counts from 0. Each assignment goes to shared memory. */
export function nodeCounters(buffer: SharedArrayBuffer, slot: number): NodeCounters {
  return view(buffer, slot * nodeFields.length, nodeFields);
}

/** Slots of workers lie behind those of the nodes, counted from the end. */
export function workerCounters(buffer: SharedArrayBuffer, slot: number): WorkerCounters {
  return view(buffer, buffer.byteLength / 8 - (slot + 1) * workerFields.length, workerFields);
}

function view<Field extends string>(
  buffer: SharedArrayBuffer,
  offset: number,
  fields: readonly Field[],
): Numbers<Field> {
  const numbers = new Float64Array(buffer, offset * 8, fields.length);
  const result = {} as Numbers<Field>;
  fields.forEach((field, at) => {
    Object.defineProperty(result, field, {
      enumerable: true,
      get: () => numbers[at]!,
      set: (value: number) => {
        numbers[at] = value;
      },
    });
  });
  return result;
}
