import type { SwarmEvent } from '../../core/events.ts';
import type { Plan } from '../plan/plan.ts';

/** Whether an event belongs into events.jsonl, by `record.events` of the scenario; null: there is no such file. */
export function recordedEvents({ record }: Plan): ((event: SwarmEvent) => boolean) | null {
  const events = record?.events ?? 1;
  if (events === 'none') return null;
  return (event) => events === 1 || !isOfChunk(event) || isSampled(event.index, events);
}

/** What is told of the tracker's content or of a broken disk is none of the many. */
function isOfChunk(event: SwarmEvent): event is Extract<SwarmEvent, { readonly type: `chunk-${string}` }> {
  return event.type.startsWith('chunk-');
}

/** Evenly spaced, from chunk 1 on; the same chunks in every run of the same content. */
function isSampled(index: number, share: number): boolean {
  return Math.ceil(index * share) > Math.ceil((index - 1) * share);
}
