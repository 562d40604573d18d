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
  return new NodeView(new Float64Array(buffer, slot * nodeFields.length * 8, nodeFields.length));
}

/** Slots of workers lie behind those of the nodes, counted from the end. */
export function workerCounters(buffer: SharedArrayBuffer, slot: number): WorkerCounters {
  const offset = buffer.byteLength - (slot + 1) * workerFields.length * 8;
  return new WorkerView(new Float64Array(buffer, offset, workerFields.length));
}

type ViewClass<Field extends string> = new (numbers: Float64Array) => Numbers<Field>;

const NodeView = viewClass(nodeFields);
const WorkerView = viewClass(workerFields);

/**
 * Every message of every peer counts something: with accessors of each object its own, instead of the class's, that
 * takes four times as long where a thread has several peers.
 */
function viewClass<Field extends string>(fields: readonly Field[]): ViewClass<Field> {
  class View {
    readonly numbers: Float64Array;

    constructor(numbers: Float64Array) {
      this.numbers = numbers;
    }
  }
  fields.forEach((field, at) => {
    Object.defineProperty(View.prototype, field, {
      get(this: View) {
        return this.numbers[at];
      },
      set(this: View, value: number) {
        this.numbers[at] = value;
      },
    });
  });
  return View as unknown as ViewClass<Field>;
}
