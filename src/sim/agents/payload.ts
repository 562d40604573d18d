/** Bytes that are attached to a message, or beside it where they are too many. */
import { nuid } from '@nats-io/nats-core';
import { Base64UrlPaddedCodec, type ObjectStore } from '@nats-io/obj';
import { setTimeout as delay } from 'node:timers/promises';
import { RemoteProtocolError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { bucketNames } from '../cluster/names.ts';
import type { Payload } from './messages.ts';
import type { Storage } from './storage.ts';

/** A server takes messages of up to 1 MiB, unless told otherwise. */
const ATTACHED_BYTES_MAX = 512 * 1024;

/** As the library names them. */
const STREAM = `OBJ_${bucketNames.files}`;
const ABOUT = `$O.${bucketNames.files}.M.`;
/** The library waits for ever for a piece of an object that was removed meanwhile. */
const PIECE_MS = 10 * SECOND_MS;
const ATTEMPTS = 3;

/** To be encoded with the message: what it says of its bytes, and the bytes, where they are attached. */
export interface Stored {
  readonly payload: Payload;
  readonly attached: Uint8Array | undefined;
}

/** @param prefix of the object's name, by which all of an experiment are removed */
export async function putPayload(
  connection: ClusterConnection,
  { files }: Storage,
  prefix: string,
  bytes: Uint8Array,
): Promise<Stored> {
  if (bytes.length <= ATTACHED_BYTES_MAX) return { payload: { kind: 'attached' }, attached: bytes };
  const name = `${prefix}.${nuid.next()}`;
  await connection.persist(() => files.putBlob({ name }, bytes));
  return { payload: { kind: 'object', name }, attached: undefined };
}

/**
 * @param attached to the message
 * @throws {RemoteProtocolError} the object is not there, or not whole
 */
export async function getPayload(
  connection: ClusterConnection,
  { files }: Storage,
  payload: Payload,
  attached: Uint8Array,
): Promise<Uint8Array> {
  if (payload.kind === 'attached') return attached;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const bytes = await connection.persist(() => readObject(files, payload.name));
    if (bytes === null) throw new RemoteProtocolError(`the object ${payload.name} is not there any more`);
    if (bytes !== 'late') return bytes;
  }
  throw new RemoteProtocolError(
    `no piece of the object ${payload.name} has come for ${PIECE_MS / SECOND_MS} s, asked ${ATTEMPTS} times`,
  );
}

/** Nothing happens when there is no such object. */
export async function dropPayload(
  connection: ClusterConnection,
  { files }: Storage,
  payload: Payload,
): Promise<void> {
  if (payload.kind !== 'object') return;
  await connection.persist(() => removeObject(connection, files, payload.name));
}

/** All of an experiment. Not repeated where the server is away. */
export async function dropPayloads(
  connection: ClusterConnection,
  { files }: Storage,
  prefix: string,
): Promise<void> {
  // Not by `list` of the library: it waits for a count, as its watch of keys does.
  const { state } = await connection.streams.streams.info(STREAM, { subjects_filter: `${ABOUT}>` });
  for (const subject of Object.keys(state.subjects ?? {})) {
    const name = Buffer.from(subject.slice(ABOUT.length), 'base64url').toString();
    if (name.startsWith(`${prefix}.`)) await removeObject(connection, files, name);
  }
}

async function removeObject(connection: ClusterConnection, files: ObjectStore, name: string): Promise<void> {
  await files.delete(name);
  // That it was there is known for as long as the bucket keeps anything, unless this goes, too.
  const filter = `${ABOUT}${Base64UrlPaddedCodec.encode(name)}`;
  await connection.streams.streams.purge(STREAM, { filter });
}

async function readObject(files: ObjectStore, name: string): Promise<Uint8Array | 'late' | null> {
  const object = await files.get(name);
  if (object === null) return null;
  // It is an error of the pieces, too.
  object.error.catch(() => undefined);
  const reader = object.data.getReader();
  const pieces: Uint8Array[] = [];
  for (;;) {
    const inTime = new AbortController();
    const late = delay(PIECE_MS, undefined, { signal: inTime.signal }).catch(() => undefined);
    const read = await Promise.race([reader.read(), late]);
    inTime.abort();
    if (read === undefined) {
      await reader.cancel();
      return 'late';
    }
    if (read.done) return Buffer.concat(pieces);
    pieces.push(read.value);
  }
}
