import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/protocol/messages.ts';
import { seededRandom } from '../../core/random.ts';
import { Corrupting } from './corrupting.ts';

const CHUNKS = 2000;
const CHUNK_BYTES = 1000;

/** How many chunks are bad, how many bytes of them in all, and what was counted, if each is sent in so many parts. */
function sendAll(parts: number, probability: number) {
  const corrupting = new Corrupting({ random: seededRandom(`${parts} parts`) });
  let counted = 0;
  const effect = { kind: 'corrupt', peers: ['a'], probability } as const;
  corrupting.active.add(1, { effect, count: (_field, count = 1) => void (counted += count) });
  const filter = corrupting.filter();
  const bad = { chunks: 0, bytes: 0 };
  for (let index = 1; index <= CHUNKS; index++) {
    let badBytes = 0;
    for (let offset = 0; offset < CHUNK_BYTES; offset += CHUNK_BYTES / parts) {
      const body = new Uint8Array(CHUNK_BYTES / parts);
      const part: Message = { type: 'chunk', index, offset, chunkBytes: CHUNK_BYTES, body };
      const sent = filter.outgoing!(part) as typeof part & { body: Uint8Array };
      badBytes += sent.body.filter((byte) => byte !== 0).length;
      expect(body.every((byte) => byte === 0)).toBe(true);
    }
    bad.bytes += badBytes;
    if (badBytes > 0) bad.chunks++;
  }
  return { ...bad, counted };
}

describe('a peer that corrupts', () => {
  it.each([1, 4, 20])(
    'spoils one byte in the share of its chunks that it is told to, in %i parts each',
    (parts) => {
      const { chunks, bytes, counted } = sendAll(parts, 0.2);
      // Four standard deviations of a binomial of 2,000.
      expect(Math.abs(chunks - 0.2 * CHUNKS)).toBeLessThan(72);
      expect(bytes).toBe(chunks);
      expect(counted).toBe(chunks);
    },
  );

  it('spoils all or nothing at 100 % and 0 %', () => {
    expect(sendAll(4, 1)).toEqual({ chunks: CHUNKS, bytes: CHUNKS, counted: CHUNKS });
    expect(sendAll(4, 0)).toEqual({ chunks: 0, bytes: 0, counted: 0 });
  });

  it('spoils a chunk that goes by the classic protocol in parts of a size that nobody tells', () => {
    const corrupting = new Corrupting({ random: seededRandom('raw') });
    const effect = { kind: 'corrupt', peers: ['a'], probability: 1 } as const;
    corrupting.active.add(1, { effect, count: () => undefined });
    const filter = corrupting.filter();
    const sent = [1, 2, 3].map(() => filter.outgoing!({ type: 'raw', body: new Uint8Array(100) }));
    const bad = sent.flatMap((message) => (message?.type === 'raw' ? [...(message.body as Uint8Array)] : []));
    expect(bad).toHaveLength(300);
    expect(bad.filter((byte) => byte !== 0)).toHaveLength(1);
  });
});
