import { describe, expect, it } from 'vitest';
import { messageBytes, payloadBytes } from './message-bytes.ts';
import type { Message } from './messages.ts';

const token = { byteLength: 5_000_000_000 };

describe('message bytes', () => {
  it.each<[Message, number, number]>([
    [{ type: 'where-chunk', index: 12 }, 'WHERE_CHUNK,12'.length, 0],
    [{ type: 'raw', body: token }, 5_000_000_000, 5_000_000_000],
    [{ type: 'have', index: 1 }, 9, 0],
    [{ type: 'chunk', index: 1, offset: 0, chunkBytes: 9e9, body: token }, 5_000_000_025, 5_000_000_000],
    [{ type: 'handshake', version: 1, name: 'é', port: 1, totalChunks: 1 }, 8 + 5 + 8 + 2, 0],
  ])('counts %j', (message, bytes, payload) => {
    expect(messageBytes(message)).toBe(bytes);
    expect(payloadBytes(message)).toBe(payload);
  });
});
