/** Streams and buckets that whoever comes first makes. */
import { JetStreamApiError } from '@nats-io/jetstream';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from './connection.ts';

const SUBJECTS_OVERLAP = 10_065;
const RETRY_MS = 100;
/** A stream is made in milliseconds, or not at all. */
const ATTEMPTS = (5 * SECOND_MS) / RETRY_MS;

/**
 * Makes a stream or a bucket, or finds it made. Where several make the same one at a time, nats-server (2.9.10) tells
 * all but one that their subjects overlap with an existing stream, until that one is there.
 *
 * @throws {ConfigError} another stream has these subjects
 */
export async function madeOnce<T>(connection: ClusterConnection, make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connection.persist(make);
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === SUBJECTS_OVERLAP)) throw error;
      if (attempt >= ATTEMPTS) {
        throw new ConfigError(
          'the NATS server has a stream that takes subjects of the laboratory (swarm-lab.…): remove it, or take ' +
            'another server or account',
          { cause: error },
        );
      }
    }
    await connection.orBroken(delay(RETRY_MS));
  }
}
