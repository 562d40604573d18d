/** Machine-readable forms. Figures without data are null. */
import { printableJson } from '../../core/printable.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { RunResult } from '../result/result.ts';

export function renderResultJson(result: RunResult): string {
  return `${printableJson(result)}\n`;
}

export function renderPlanJson({ plan }: RunResult): string {
  return `${printableJson(plan)}\n`;
}

/** Enough lines to make a write worth it, few enough to keep memory low. */
const LINES_PER_PIECE = 10_000;

/** One event a line, in pieces of many lines: a run may have millions. */
export function* renderEventLines(events: readonly SwarmEvent[]): Generator<string> {
  for (let start = 0; start < events.length; start += LINES_PER_PIECE) {
    const piece = events.slice(start, start + LINES_PER_PIECE);
    yield piece.map((event) => `${printableJson(event, 0)}\n`).join('');
  }
}
