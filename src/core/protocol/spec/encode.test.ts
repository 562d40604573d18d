import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HASH, localhost, messagesOf } from '../../../../test/support/spec-texts.ts';
import type { SpecMessage } from '../messages.ts';
import { encodeSpec, fitHolders, specMessageBytes } from './encode.ts';

describe('encoding', () => {
  test('is the text of the specification, bare', () => {
    const text = (message: SpecMessage) => new TextDecoder().decode(encodeSpec(message));
    const holder = localhost(5001);
    expect(text({ type: 'local-chunk', index: 3, holder })).toBe('LOCAL_CHUNKS,3,localhost,5001');
    expect(text({ type: 'local-chunk', index: 3, hash: HASH, holder })).toBe(
      `LOCAL_CHUNKS,3,${HASH},localhost,5001`,
    );
    expect(text({ type: 'where-chunk', index: 3 })).toBe('WHERE_CHUNK,3');
    expect(text({ type: 'where-chunk', index: 3, terminated: true })).toBe('WHERE_CHUNK,3\n');
    expect(text({ type: 'chunk-from', index: 3, holders: [holder, holder] })).toBe(
      'GET_CHUNK_FROM,3,localhost,5001,localhost,5001',
    );
    expect(text({ type: 'chunk-unknown', index: 3 })).toBe('CHUNK_LOCATION_UNKNOWN,3');
    expect(text({ type: 'request-chunk', index: 3 })).toBe('REQUEST_CHUNK,3');
  });

  test('tells the exact number of bytes, also of an opaque body', () => {
    expect(specMessageBytes({ type: 'raw', body: { byteLength: 12 } })).toBe(12);
    fc.assert(
      fc.property(fc.oneof(messagesOf.tracker, messagesOf.client, messagesOf.server), (message) => {
        expect(specMessageBytes(message)).toBe(encodeSpec(message).length);
      }),
    );
  });

  test('rule 16: an answer lists each holder once, oldest first, and stays below 1,024 bytes', () => {
    const holders = Array.from({ length: 100 }, (_, at) => localhost(5000 + Math.floor(at / 2)));
    const short = fitHolders({ type: 'chunk-from', index: 3, holders, terminated: true });
    expect(short.holders).toEqual(Array.from({ length: 50 }, (_, at) => localhost(5000 + at)));
    const many = Array.from({ length: 100 }, (_, at) => localhost(5000 + at));
    const cut = fitHolders({ type: 'chunk-from', index: 3, holders: many, terminated: true });
    expect(specMessageBytes(cut)).toBeLessThan(1024);
    expect(specMessageBytes(cut)).toBeGreaterThan(1000);
    expect(cut.holders).toEqual(many.slice(0, cut.holders.length));
  });
});
