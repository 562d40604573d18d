/** The figures of a host's threads, as what has changed since they were last told. */
import type { HitBoard } from '../../faults/hits.ts';
import { nodeCounters, workerCounters, workerFields, type WorkerCounters } from '../real-time/counters.ts';
import { nodeFields, type NodeCounters } from '../run/node-counters.ts';
import type { Figures } from './messages.ts';

/** On a host. */
export class FiguresReader {
  readonly #nodes: readonly NodeCounters[];
  readonly #workers: readonly WorkerCounters[];
  readonly #hits: HitBoard;
  readonly #toldNodes: string[] = [];
  readonly #toldWorkers: string[] = [];
  readonly #toldHits: number[] = [];

  /** @param nodes peers of this host, and the tracker */
  constructor(counters: SharedArrayBuffer, nodes: number, workers: number, hits: HitBoard) {
    this.#nodes = Array.from({ length: nodes }, (_, slot) => nodeCounters(counters, slot));
    this.#workers = Array.from({ length: workers }, (_, slot) => workerCounters(counters, slot));
    this.#hits = hits;
  }

  read(): Figures {
    const nodes = this.#nodes.map((node) => nodeFields.map((field) => node[field]));
    const workers = this.#workers.map((worker) => workerFields.map((field) => worker[field]));
    return {
      nodes: changed(nodes, this.#toldNodes),
      workers: changed(workers, this.#toldWorkers),
      hits: this.#hits.values().flatMap((value, at): [number, number][] => {
        const more = value - (this.#toldHits[at] ?? 0);
        this.#toldHits[at] = value;
        return more === 0 ? [] : [[at, more]];
      }),
    };
  }
}

function changed(rows: readonly number[][], told: string[]): [number, number[]][] {
  return rows.flatMap((row, at): [number, number[]][] => {
    const text = row.join();
    if (told[at] === text) return [];
    told[at] = text;
    return [[at, row]];
  });
}

/** Where the figures of one host lie among those of the run. */
export interface FiguresTarget {
  /** By position on the host; the tracker's is behind the last. */
  readonly nodes: readonly NodeCounters[];
  readonly workers: readonly WorkerCounters[];
  readonly hits: HitBoard;
}

/** On the coordinator. */
export function writeFigures({ nodes, workers, hits }: Figures, target: FiguresTarget): void {
  for (const [at, values] of nodes) assign(target.nodes[at], nodeFields, values);
  for (const [at, values] of workers) assign(target.workers[at], workerFields, values);
  for (const [at, more] of hits) target.hits.add(at, more);
}

function assign<Field extends string>(
  row: Record<Field, number> | undefined,
  fields: readonly Field[],
  values: readonly number[],
): void {
  if (row === undefined) return;
  fields.forEach((field, at) => {
    row[field] = values[at] ?? 0;
  });
}
