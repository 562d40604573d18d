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

/** A line of events.jsonl. */
export function renderEventLine(event: SwarmEvent): string {
  return `${printableJson(event, 0)}\n`;
}
