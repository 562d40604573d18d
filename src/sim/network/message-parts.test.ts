import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageBytes } from '../../core/protocol/message-bytes.ts';
import type { ChunkPart } from '../../core/protocol/messages.ts';
import { partBytes, partsOf } from './message-parts.ts';

describe('parts of a message', () => {
  it('of a part are in order, which together are the same bytes and cost as much', () => {
    const part = fc
      .record({
        offset: fc.nat(1000),
        content: fc.uint8Array({ minLength: 1, maxLength: 300 }),
        most: fc.integer({ min: 1, max: 400 }),
      })
      .map(({ offset, content, most }) => ({
        most,
        message: { type: 'chunk', index: 3, offset, chunkBytes: 2000, body: content } as const,
      }));
    fc.assert(
      fc.property(part, ({ message, most }) => {
        const bytes = messageBytes(message);
        const pieces = partsOf(message, bytes, most);
        const parts = pieces.map((piece) => piece.message as ChunkPart);
        expect(Buffer.concat(parts.map(({ body }) => body as Uint8Array))).toEqual(Buffer.from(message.body));
        expect(pieces.reduce((sum, slice) => sum + slice.bytes, 0)).toBe(bytes);
        let next = message.offset;
        for (const { offset, body } of parts) {
          expect(offset).toBe(next);
          expect(body.byteLength).toBeLessThanOrEqual(most);
          next += body.byteLength;
        }
      }),
    );
  });

  it('of a token tell where each lies', () => {
    const body = { byteLength: 10, index: 1, offset: 100 };
    const pieces = partsOf({ type: 'raw', body }, 10, 4);
    expect(pieces.map(({ message }) => (message.type === 'raw' ? message.body : undefined))).toEqual([
      { byteLength: 4, index: 1, offset: 100 },
      { byteLength: 4, index: 1, offset: 104 },
      { byteLength: 2, index: 1, offset: 108 },
    ]);
  });

  it('are what a quarter of a second brings, and no less than a block; other messages stay whole', () => {
    expect(partBytes(1_000_000)).toBe(250_000);
    expect(partBytes(125)).toBe(1460);
    const bitfield = { type: 'bitfield', bits: new Uint8Array(5000) } as const;
    expect(partsOf(bitfield, 5005, 1460)).toEqual([{ message: bitfield, bytes: 5005 }]);
  });
});
