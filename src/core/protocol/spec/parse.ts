/**
 * Reads the fields of a message of the spec protocol, as tolerantly as the programs in the wild require: blanks, empty
 * fields, an odd number of fields, further fields, and fields that run together for want of a comma.
 */
import { canonicalHost, isIpv6 } from '../../address.ts';
import type { Address } from '../../interfaces.ts';
import type { SpecMessage } from '../messages.ts';

/** Indices above this are not understood. */
const SPEC_INDEX_MAX = 2 ** 31 - 1;

/**
 * Understands a message from its word (`LOCAL_CHUNKS`, `GET_CHUNK_FROM`…, with `_` or blanks) and the text after
 * it; `undefined` when it makes no sense. A `GET_CHUNK_FROM` without a usable holder counts as unknown.
 */
export function parseSpec(word: string, text: string): SpecMessage | undefined {
  const fields = splitFields(text);
  const index = parseIndex(fields.shift() ?? '');
  if (index === undefined) return undefined;
  switch (word.replaceAll(' ', '_')) {
    case 'WHERE_CHUNK':
      return {
        type: 'where-chunk',
        index,
        ...(fields[0] === 'hashed' && { edition: 'hashed' }),
        ...(fields[0] === 'open' && { onlyOpen: true }),
      };
    case 'REQUEST_CHUNK':
      return { type: 'request-chunk', index };
    case 'CHUNK_LOCATION_UNKNOWN':
      return { type: 'chunk-unknown', index };
    case 'LOCAL_CHUNKS': {
      const hash = takeHash(fields);
      const holder = parseHolders(fields)[0];
      return holder && { type: 'local-chunk', index, ...hash, holder };
    }
    case 'GET_CHUNK_FROM': {
      const hash = takeHash(fields);
      const holders = parseHolders(fields);
      if (holders.length === 0) return { type: 'chunk-unknown', index };
      return { type: 'chunk-from', index, ...hash, holders };
    }
    default:
      return undefined;
  }
}

/** A number, or a hash, with another field glued to its end. */
const GLUED = [
  /^(\d{1,10}?)([0-9a-f]{40}(?![0-9a-f]).*)$/i,
  /^([0-9a-f]{40})((?:127\.0\.0\.1|localhost).*)$/i,
  /^(\d{1,10}?)((?:127\.0\.0\.1|localhost|p2ptracker).*)$/i,
];
/** Longer fields are nonsense, and not worth the search. */
const GLUED_CHARS_MAX = 320;
const HASH = /^[0-9a-f]{40}$/i;
const HOST = /^(?=.*[a-z.])[a-z0-9]([a-z0-9._-]{0,253}[a-z0-9])?$/i;

function splitFields(text: string): string[] {
  const fields: string[] = [];
  for (const part of text.split(/[,\s]+/)) {
    let rest = part;
    // A field has at most an index, a hash and a host in it.
    for (let cut = unglue(rest); cut !== undefined; cut = unglue(rest)) {
      fields.push(cut[0]);
      rest = cut[1];
    }
    if (rest !== '') fields.push(rest);
  }
  return fields;
}

function unglue(field: string): [string, string] | undefined {
  if (field.length > GLUED_CHARS_MAX || HASH.test(field)) return undefined;
  for (const pattern of GLUED) {
    const match = pattern.exec(field);
    if (match) return [match[1]!, match[2]!];
  }
  return undefined;
}

/** A whole decimal number, also with zeros before it: `1e3`, `1.5` and `1x` are none. */
function parseIndex(field: string): number | undefined {
  const index = Number(/^0*(\d{1,10})$/.exec(field)?.[1]);
  return index >= 1 && index <= SPEC_INDEX_MAX ? index : undefined;
}

function takeHash(fields: string[]): { hash?: string } {
  return HASH.test(fields[0] ?? '') ? { hash: fields.shift()!.toLowerCase() } : {};
}

/** Every host that is directly followed by a port; repeats are kept out. */
function parseHolders(fields: readonly string[]): Address[] {
  const holders = new Map<string, Address>();
  let host: string | undefined;
  for (const field of fields) {
    const port = /^\d{1,5}$/.test(field) ? Number(field) : undefined;
    if (port === undefined) {
      host = readHost(field);
      continue;
    }
    if (host !== undefined && port >= 1 && port <= 65_535) {
      const key = `${host},${port}`;
      if (!holders.has(key)) holders.set(key, { host, port });
    }
    host = undefined;
  }
  return [...holders.values()];
}

/** A name, an IPv4 or an IPv6 address; some write the latter in brackets. */
function readHost(field: string): string | undefined {
  if (HOST.test(field)) return canonicalHost(field);
  const bare = field.replace(/^\[(.*)\]$/, '$1');
  return isIpv6(bare) ? canonicalHost(bare) : undefined;
}
