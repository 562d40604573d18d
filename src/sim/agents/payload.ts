/** Bytes within a message, or beside it where they are too many. */
import { nuid } from '@nats-io/nats-core';
import { RemoteProtocolError } from '../../core/errors.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import type { Payload } from './messages.ts';
import type { Storage } from './storage.ts';

/** A server takes messages of up to 1 MiB, unless told otherwise; base64 makes a third more of the bytes. */
const INLINE_BYTES_MAX = 512 * 1024;

/** @param prefix of the object's name, by which all of an experiment are removed */
export async function putPayload(
  connection: ClusterConnection,
  { files }: Storage,
  prefix: string,
  bytes: Uint8Array,
): Promise<Payload> {
  if (bytes.length <= INLINE_BYTES_MAX)
    return { kind: 'inline', base64: Buffer.from(bytes).toString('base64') };
  const name = `${prefix}.${nuid.next()}`;
  await connection.persist(() => files.putBlob({ name }, bytes));
  return { kind: 'object', name };
}

/** @throws {RemoteProtocolError} the object is not there */
export async function getPayload(
  connection: ClusterConnection,
  { files }: Storage,
  payload: Payload,
): Promise<Uint8Array> {
  if (payload.kind === 'inline') return Buffer.from(payload.base64, 'base64');
  const bytes = await connection.persist(() => files.getBlob(payload.name));
  if (bytes === null) throw new RemoteProtocolError(`the object ${payload.name} is not there any more`);
  return bytes;
}

/** Nothing happens when there is no such object. */
export async function dropPayload(
  connection: ClusterConnection,
  { files }: Storage,
  payload: Payload,
): Promise<void> {
  if (payload.kind === 'object') await connection.persist(() => files.delete(payload.name));
}
