/** How far the clock of this machine is from that of the NATS server. */
import { EngineError } from '../../core/errors.ts';
import type { ClusterConnection } from './connection.ts';

export interface ClockOffset {
  /** What is to be added to `Date.now()` of this machine for the time of the server, in ms. */
  readonly offsetMs: number;
  /** The true offset is at most this far away, in ms: half of the round trip. */
  readonly errorMs: number;
}

/**
 * Cristian's algorithm over a message that JetStream stamps with its own time as it keeps it. Of several measurements the
 * one with the smallest error holds.
 *
 * @param stream that keeps the subject
 * @source Cristian, "Probabilistic clock synchronization", Distributed Computing 3 (1989)
 */
export async function measureClock(
  connection: ClusterConnection,
  stream: string,
  subject: string,
  payload: Uint8Array,
): Promise<ClockOffset> {
  const jetstream = connection.streams.jetstream();
  const sentMs = now();
  const { seq } = await jetstream.publish(subject, payload);
  const backMs = now();
  const stored = await connection.streams.streams.getMessage(stream, { seq });
  if (stored === null) throw new EngineError(`the stream ${stream} does not keep ${subject}`);
  return { offsetMs: preciseMs(stored.timestamp) - (sentMs + backMs) / 2, errorMs: (backMs - sentMs) / 2 };
}

/** Of the machine's clock, with fractions of a millisecond. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Of an RFC 3339 text with up to nine digits after the second, of which Date.parse keeps three. */
function preciseMs(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '0';
  const wholeMs = Date.parse(timestamp.replace(/\.\d+/, ''));
  return wholeMs + Number(`0.${fraction}`) * 1000;
}
