import { ConfigError } from '../../core/errors.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { LineReader } from '../../core/node/store/line-reader.ts';

/** The events of events.jsonl one after another. @throws {ConfigError} a line is no event */
export function* readEvents(file: string): Generator<SwarmEvent> {
  const reader = new LineReader(file);
  try {
    let number = 0;
    for (let line = reader.next(); line !== undefined; line = reader.next()) {
      number++;
      yield parseEvent(line, `${file}:${number}`);
    }
  } finally {
    reader.close();
  }
}

function parseEvent(line: string, place: string): SwarmEvent {
  try {
    const event = JSON.parse(line) as SwarmEvent;
    if (typeof event.type === 'string' && typeof event.atMs === 'number') return event;
  } catch {
    // Told below, as any other line that is no event.
  }
  throw new ConfigError(`${place} is no event; the file was changed or cut off: run it again`);
}
