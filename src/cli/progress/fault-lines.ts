/** Faults as they happen, a line each, for a person who looks on. */
import type { SwarmEvent } from '../../core/events.ts';
import { formatDuration } from '../../sim/units/format.ts';

/** A fault that happens again and again is not told for ever. */
const TOLD_MAX = 40;

/** On threads, what is over at once ends some milliseconds later. */
const AT_ONCE_MS = 50;

export class FaultLines {
  readonly #beganMs = new Map<string, number>();
  #told = 0;

  /** `at 3 s: crash of leechers/2`; null: there is nothing to tell. */
  lineOf(event: SwarmEvent): string | null {
    if (event.type !== 'fault-began' && event.type !== 'fault-ended') return null;
    const { fault, occurrence, atMs } = event;
    const name = occurrence === 1 ? fault : `${fault} (${occurrence})`;
    if (event.type === 'fault-began') {
      this.#beganMs.set(name, atMs);
      return this.#count(`at ${formatDuration(atMs)}: ${name} began, on ${briefly(event.targets)}`);
    }
    const beganMs = this.#beganMs.get(name);
    this.#beganMs.delete(name);
    // One that is over at once has been told.
    return beganMs === undefined || atMs - beganMs < AT_ONCE_MS
      ? null
      : this.#count(`at ${formatDuration(atMs)}: ${name} is over`);
  }

  #count(line: string): string | null {
    this.#told++;
    if (this.#told > TOLD_MAX) return null;
    return this.#told < TOLD_MAX ? line : `${line}; the report has the faults after this one`;
  }
}

const NAMED_MAX = 3;

function briefly(targets: readonly string[]): string {
  const named = targets.slice(0, NAMED_MAX).join(', ');
  return targets.length > NAMED_MAX ? `${named} and ${targets.length - NAMED_MAX} more` : named;
}
