/** Puts the files of one run where people find them: `<folder>/<scenario>/<run>/`, and `<folder>/latest`. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPrefix, removeLeftBehind, removeOwn } from '../../core/node/store/left-behind.ts';
import { printable } from '../../core/printable.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/result.ts';
import { renderTableCsv } from './csv.ts';
import { EventFile } from './event-file.ts';
import { renderPlanJson, renderResultJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { recordedEvents } from './recorded-events.ts';
import { fileName, moveToFreeName, pointLatest, timedName, unwritable } from './report-folders.ts';
import { peersTable, timelineTable } from './tables.ts';
import { writeWhole } from './write-file.ts';

export const DRAFT = '.draft';

/** Where the report of a run of an experiment goes. */
export interface RunPlace {
  /** The experiment's folder. */
  readonly parent: string;
  readonly name: string;
}

export interface WrittenReport {
  readonly folder: string;
  /** Why `latest` does not point to it, for the user; null when it does, or was left alone. */
  readonly warning: string | null;
}

/**
 * The report of a run: events.jsonl, written while the run goes on, then result.json, plan.json, peers.csv,
 * timeline.csv, report.md and what `finish` is given, in a folder of their own. The folder appears under its name only when it is complete.
 * Its name is the UTC time of the run's start and the seed, with `-2`, `-3`, … where another run has taken it. `latest`
 * points to it. A run of an experiment goes to its place instead and leaves `latest` alone.
 */
export class ReportDraft {
  /** Aborted when an event could not be written: `finish` then tells why, and the run need not go on. */
  readonly failed: AbortSignal;
  readonly #folder: string;
  readonly #scenario: string;
  readonly #place: RunPlace | undefined;
  readonly #parent: string;
  /** Whether the folder of the scenario's reports was made for this one. */
  #madeParent = false;
  readonly #draft: string;
  readonly #failing = new AbortController();
  readonly #isRecorded: ((event: SwarmEvent) => boolean) | null;
  #events: EventFile | undefined;
  readonly #remove = (): void => {
    try {
      rmSync(this.#draft, { recursive: true, force: true });
    } catch {
      // What ends a run is told, not this; the next report of the scenario tries again.
    }
  };

  private constructor(folder: string, plan: Plan, place: RunPlace | undefined) {
    this.failed = this.#failing.signal;
    this.#folder = folder;
    this.#scenario = fileName(plan.scenario.name, 80);
    this.#place = place;
    this.#parent = place?.parent ?? join(folder, this.#scenario);
    this.#draft = join(this.#parent, `${ownPrefix(DRAFT)}${randomUUID()}`);
    this.#isRecorded = recordedEvents(plan);
  }

  /** To be ended by `finish` or `discard`. @throws {StoreError} the folder cannot be written; with the fix */
  static async begin(folder: string, plan: Plan, place?: RunPlace): Promise<ReportDraft> {
    const draft = new ReportDraft(folder, plan, place);
    await draft.#orDiscard(() => draft.#begin());
    return draft;
  }

  see(event: SwarmEvent): void {
    if (this.#isRecorded?.(event) === true) this.#events?.add(event);
  }

  /**
   * @param more texts by the name of their file, to be written beside the others
   * @throws {StoreError} the report cannot be written; the message names its folder and the fix
   */
  finish(result: RunResult, more: Readonly<Record<string, string>> = {}): Promise<WrittenReport> {
    return this.#orDiscard(async () => {
      this.#closeEvents();
      await writeFiles(this.#draft, result);
      for (const [name, text] of Object.entries(more)) await writeWhole(join(this.#draft, name), [text]);
      const name =
        this.#place === undefined
          ? timedName(result.startedAt, result.seed)
          : fileName(this.#place.name, 100);
      const run = await moveToFreeName(this.#draft, this.#parent, name);
      process.off('exit', this.#remove);
      const warning =
        this.#place === undefined ? await pointLatest(this.#folder, `${this.#scenario}/${run}`) : null;
      return { folder: join(this.#parent, run), warning };
    });
  }

  /** Nothing of it is left, also when it had only been begun. */
  async discard(): Promise<void> {
    try {
      this.#closeEvents();
    } catch {
      // What could not be written is not wanted any more.
    }
    this.#remove();
    process.off('exit', this.#remove);
    // Another run may have put its report there meanwhile.
    if (this.#madeParent) await rmdir(this.#parent).catch(() => undefined);
  }

  async #begin(): Promise<void> {
    this.#madeParent = (await mkdir(this.#parent, { recursive: true })) !== undefined;
    removeLeftBehind(this.#parent, DRAFT);
    process.on('exit', this.#remove);
    // Not mkdtemp: a report is for everybody who may read the folder it is in.
    await mkdir(this.#draft);
    if (this.#isRecorded === null) return;
    this.#events = new EventFile(join(this.#draft, 'events.jsonl'), () => this.#failing.abort());
  }

  #closeEvents(): void {
    const events = this.#events;
    this.#events = undefined;
    events?.close();
  }

  async #orDiscard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (cause) {
      await this.discard();
      throw unwritable(this.#parent, cause);
    }
  }
}

/** What threads that were ended had begun in this folder. */
export function removeDrafts(parent: string): void {
  removeOwn(parent, DRAFT);
}

/** What programs that were killed had begun in this folder. */
export function removeDeadDrafts(parent: string): void {
  removeLeftBehind(parent, DRAFT);
}

async function writeFiles(folder: string, result: RunResult): Promise<void> {
  await writeWhole(join(folder, 'result.json'), [renderResultJson(result)]);
  for (const [name, text] of Object.entries(renderedFiles(result)))
    await writeWhole(join(folder, name), [text]);
}

/** The texts of a report that follow from its result.json alone, by the names of their files. */
export function renderedFiles(result: RunResult): Readonly<Record<string, string>> {
  return {
    'plan.json': renderPlanJson(result),
    'peers.csv': renderTableCsv(peersTable(result)),
    'timeline.csv': renderTableCsv(timelineTable(result)),
    'report.md': printable(renderMarkdown(result)),
  };
}
