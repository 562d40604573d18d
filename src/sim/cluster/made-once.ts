/** Streams and buckets that whoever comes first makes. Whoever comes with other settings later changes them. */
import { JetStreamApiError, StorageType, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { nanos } from '@nats-io/nats-core';
import { Objm, type ObjectStore } from '@nats-io/obj';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import { isOutage } from './connection-errors.ts';
import type { ClusterConnection } from './connection.ts';

const SUBJECTS_OVERLAP = 10_065;
/** "stream name already in use with a different configuration" */
const MADE_OTHERWISE = 10_058;
const RETRY_MS = 100;
/** A stream is made in milliseconds, or not at all. */
const ATTEMPTS = (5 * SECOND_MS) / RETRY_MS;

/** What the laboratory says of a stream; all else stays as it is, such as the replicas that somebody has given it. */
type Wanted = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

/**
 * Makes a stream, or finds it made. One that another version has made otherwise is changed.
 *
 * @throws {ConfigError} another stream has its subjects, or what is different cannot be changed; says what to do
 */
export function madeStream(connection: ClusterConnection, wanted: Wanted): Promise<StreamInfo> {
  return madeOnce(connection, async () => {
    try {
      return await connection.streams.streams.add(wanted);
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === MADE_OTHERWISE)) throw error;
      return await changed(connection, wanted);
    }
  });
}

/**
 * As `madeStream`, a bucket of keys.
 *
 * @param ttlMs an entry that is not renewed for as long ends
 */
export async function madeBucket(connection: ClusterConnection, name: string, ttlMs: number): Promise<KV> {
  const bucket = await madeOnce(connection, () =>
    new Kvm(connection.nats).create(name, { ttl: ttlMs, storage: StorageType.File }),
  );
  await keptFor(connection, `KV_${name}`, ttlMs);
  return bucket;
}

/** As `madeBucket`, a bucket of objects. */
export async function madeObjects(
  connection: ClusterConnection,
  name: string,
  ttlMs: number,
): Promise<ObjectStore> {
  const bucket = await madeOnce(connection, () =>
    new Objm(connection.nats).create(name, { ttl: nanos(ttlMs), storage: StorageType.File }),
  );
  await keptFor(connection, `OBJ_${name}`, ttlMs);
  return bucket;
}

/** The library takes a bucket that is there as it is. */
async function keptFor(connection: ClusterConnection, stream: string, ttlMs: number): Promise<void> {
  await connection.persist(async () => {
    const { config } = await connection.streams.streams.info(stream);
    const wanted = { name: stream, storage: StorageType.File, max_age: nanos(ttlMs) };
    if (config.max_age === wanted.max_age && config.storage === wanted.storage) return;
    // Else the server refuses a shorter time than that.
    const window = Math.min(config.duplicate_window, wanted.max_age);
    await changed(connection, { ...wanted, duplicate_window: window });
  });
}

async function changed(connection: ClusterConnection, wanted: Wanted): Promise<StreamInfo> {
  try {
    return await connection.streams.streams.update(wanted.name, wanted);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || isOutage(error)) throw error;
    throw new ConfigError(
      `the stream ${wanted.name} of the NATS server was made by another version of the laboratory, and cannot become what ` +
        `this one needs (${error.message}): end its agents and experiments and remove it ` +
        `(nats stream rm ${wanted.name}), or take another server or account`,
      { cause: error },
    );
  }
}

/**
 * Makes a stream or a bucket, or finds it made. Where several make the same one at a time, nats-server (2.9.10) tells
 * all but one that their subjects overlap with an existing stream, until that one is there.
 *
 * @throws {ConfigError} another stream has these subjects
 */
async function madeOnce<T>(connection: ClusterConnection, make: () => Promise<T>): Promise<T> {
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
