import { assertNever } from '../../errors.ts';
import type { Address } from '../../interfaces.ts';
import type { ChunkFrom, SpecMessage } from '../messages.ts';

/** Answers stay below 1,024 bytes: the programs of others read no more of one. */
export const ANSWER_BYTES_MAX = 1023;

const ascii = new TextEncoder();

/**
 * The message as it goes on the wire: ASCII text, bare or ended by one newline (`terminated`); the body itself of
 * `raw`, which must be a `Uint8Array`.
 */
export function encodeSpec(message: SpecMessage): Uint8Array {
  return message.type === 'raw' ? (message.body as Uint8Array) : ascii.encode(specText(message));
}

/** Exact bytes on the wire, also where a body is opaque. */
export function specMessageBytes(message: SpecMessage): number {
  return message.type === 'raw' ? message.body.byteLength : specText(message).length;
}

/**
 * Lists each holder once, in the given order (oldest first), and cuts the list so that the message takes at most
 * `maxBytes` bytes. The first holder always stays.
 */
export function fitHolders(message: ChunkFrom, maxBytes = ANSWER_BYTES_MAX): ChunkFrom {
  const seen = new Set<string>();
  const holders: Address[] = [];
  let bytes = specMessageBytes({ ...message, holders: [] });
  for (const holder of message.holders) {
    const field = holderText(holder);
    if (seen.has(field)) continue;
    if (holders.length > 0 && bytes + field.length > maxBytes) break;
    seen.add(field);
    holders.push(holder);
    bytes += field.length;
  }
  return { ...message, holders };
}

function specText(message: Exclude<SpecMessage, { type: 'raw' }>): string {
  switch (message.type) {
    case 'local-chunk':
      return `LOCAL_CHUNKS,${message.index}${hashText(message.hash)}${holderText(message.holder)}${end(message)}`;
    case 'where-chunk':
      return `WHERE_CHUNK,${message.index}${message.edition === undefined ? '' : ',hashed'}${message.onlyOpen === undefined ? '' : ',open'}${end(message)}`;
    case 'chunk-from': {
      const holders = message.holders.map(holderText).join('');
      return `GET_CHUNK_FROM,${message.index}${hashText(message.hash)}${holders}${end(message)}`;
    }
    case 'chunk-unknown':
      return `CHUNK_LOCATION_UNKNOWN,${message.index}${end(message)}`;
    case 'request-chunk':
      return `REQUEST_CHUNK,${message.index}`;
    default:
      return assertNever(message);
  }
}

function hashText(hash: string | undefined): string {
  return hash === undefined ? '' : `,${hash}`;
}

function holderText(holder: Address): string {
  return `,${holder.host},${holder.port}`;
}

function end(message: { readonly terminated?: boolean }): string {
  return message.terminated === true ? '\n' : '';
}
