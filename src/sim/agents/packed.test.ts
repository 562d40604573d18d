import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { packed, packedNow, unpacked } from './packed.ts';

const MAX = 2 ** 20;

test.each([0, 1, 8 * 1024, 8 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, MAX])(
  '%i bytes come back as they were, whether they are packed at once or not',
  async (length) => {
    const bytes = randomBytes(length);
    expect((await unpacked(await packed(bytes), MAX)).equals(bytes)).toBe(true);
    const pieces = [bytes.subarray(0, 3), bytes.subarray(3)];
    expect((await unpacked(packedNow(pieces), MAX)).equals(bytes)).toBe(true);
  },
);

test('more than 8 KiB are compressed', async () => {
  const text = Buffer.alloc(8 * 1024, 'chunk ');
  expect((await packed(text)).length).toBe(text.length + 1);
  expect((await packed(Buffer.concat([text, text]))).length).toBeLessThan(text.length / 5);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another mark', Buffer.from('x1')],
  ['compressed bytes that are none', Buffer.from([1, 1, 2, 3])],
  ['more than was allowed', Buffer.alloc(12)],
  ['compressed, more than was allowed', packedNow([Buffer.alloc(200_000)])],
])('%s is refused', async (_, bytes) => {
  await expect(unpacked(bytes, 10)).rejects.toThrow();
});
