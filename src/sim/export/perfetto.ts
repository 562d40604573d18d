/** A trace for Perfetto, of the events that a run has recorded. */
import { existsSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { printableJson } from '../../core/printable.ts';
import type { RunResult } from '../result/result.ts';
import { PeerActivity } from './peer-activity.ts';
import { readEvents } from './read-events.ts';
import type { TraceEvent } from './trace-event.ts';

/**
 * The text of a trace in pieces, an event each: a run may have millions.
 *
 * @throws {ConfigError} there is no such file of events, or a line of it is none
 */
export function* renderTrace(result: RunResult, eventsFile: string): Generator<string> {
  if (!existsSync(eventsFile)) {
    throw new ConfigError(
      `${eventsFile} is missing, of which the trace is made; run it again without record: { events: none }`,
    );
  }
  const { scenario, seed, startedAt } = result;
  const about = printableJson({ scenario: scenario.name, seed, startedAt }, 0);
  yield `{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[\n`;
  let isFirst = true;
  for (const event of traceEvents(result, eventsFile)) {
    yield `${isFirst ? '' : ',\n'}${printableJson(event, 0)}`;
    isFirst = false;
  }
  yield '\n]}\n';
}

function* traceEvents(result: RunResult, eventsFile: string): Generator<TraceEvent> {
  const activity = new PeerActivity(result);
  yield* activity.begin();
  for (const event of readEvents(eventsFile)) yield* activity.see(event);
  yield* activity.end();
}
