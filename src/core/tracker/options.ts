/** What a tracker can be told. */
import type { Clock, EventSink, Random, Transport } from '../interfaces.ts';
import type { Registry } from './registry.ts';

export interface TrackerComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly events: EventSink;
  /** What a former tracker knew (`Tracker.memory`); its peers are kept for as long as silent ones are. Default: nothing. */
  readonly registry?: Registry;
}

export interface TrackerOptions {
  readonly port: number;
  /** The edition for spec clients that ask before they have announced anything. */
  readonly edition: 'plain' | 'hashed';
  /**
   * How many different holders (host and port) must agree on a chunk's hash before it is sent to anybody.
   * The spec protocol: 1 in the plain edition, 2 in the hashed one.
   */
  readonly agreement: number;
  readonly announceIntervalMs: number;
  /** A swarm peer that has been silent for this time is forgotten. */
  readonly silenceLimitMs: number;
  readonly peersPerAnswer: number;
}

export const trackerDefaults: TrackerOptions = {
  port: 5100,
  edition: 'plain',
  agreement: 1,
  announceIntervalMs: 10_000,
  silenceLimitMs: 30_000,
  peersPerAnswer: 50,
};
