import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalProtocolError, RemoteProtocolError } from '../../errors.ts';
import type { SwarmMessage } from '../messages.ts';
import { createSwarmDecoder } from './decode.ts';
import { encodeSwarm } from './encode.ts';
import { FRAME_TYPES } from './frame-types.ts';
import { CHUNKS_MAX, FRAME_BYTES_MAX, HAVE_MANY_MAX, PART_BYTES_MAX } from './limits.ts';
import { matchMagic, SWARM_MAGIC } from './magic.ts';
import { swarmMessageBytes } from './size.ts';

const index = fc.integer({ min: 1, max: CHUNKS_MAX });
const bits = fc.uint8Array({ maxLength: 40 });
const hash = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const claim = fc.record({ index, bytes: fc.maxSafeNat(), hash });
const claims = fc.array(claim, { maxLength: 5 });
const host = fc.oneof(fc.constantFrom('localhost', '127.0.0.1', '::1', 'a', 'h'.repeat(255)), fc.ipV6());
const address = fc.record({ host, port: fc.integer({ min: 1, max: 65535 }) });
const protocol = fc.constantFrom('spec' as const, 'swarm' as const);
const peer = fc.record({ address, protocol, bits }, { requiredKeys: ['address', 'protocol'] });
const name = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => Buffer.byteLength(text) < 256);
const body = fc.uint8Array({ minLength: 1, maxLength: 200 });

const chunk = fc
  .record({ index, before: fc.maxSafeNat(), after: fc.maxSafeNat(), body })
  .filter(({ before, after, body: part }) => Number.isSafeInteger(before + part.length + after))
  .map(({ before, after, body: part, index: i }): SwarmMessage => {
    return { type: 'chunk', index: i, offset: before, chunkBytes: before + part.length + after, body: part };
  });
const messages = fc.array(
  fc.oneof<fc.Arbitrary<SwarmMessage>[]>(
    fc.record({
      type: fc.constantFrom(
        'choke',
        'unchoke',
        'interested',
        'not-interested',
        'keep-alive',
        'resumes',
        'any-order',
      ),
    }) as fc.Arbitrary<SwarmMessage>,
    fc.record({ type: fc.constantFrom('have', 'request', 'cancel'), index }) as fc.Arbitrary<SwarmMessage>,
    fc.record({
      type: fc.constant('request' as const),
      index,
      offset: fc.maxSafeNat().filter((at) => at > 0),
    }),
    fc.record({ type: fc.constant('have-many' as const), indices: fc.array(index, { minLength: 1 }) }),
    fc.record({
      type: fc.constant('reject' as const),
      index,
      reason: fc.constantFrom(
        'choked' as const,
        'not-held' as const,
        'cancelled' as const,
        'overload' as const,
      ),
    }),
    fc.record({ type: fc.constant('bitfield' as const), bits }),
    chunk,
    fc.constant({ type: 'chunk' as const, index: 7, offset: 0, chunkBytes: 0, body: new Uint8Array(0) }),
    fc.record({
      type: fc.constant('handshake' as const),
      version: fc.nat(255),
      name,
      port: fc.nat(65535),
      totalChunks: fc.nat(CHUNKS_MAX),
    }),
    fc.record({
      type: fc.constant('announce' as const),
      event: fc.constantFrom('started' as const, 'update' as const, 'completed' as const, 'stopped' as const),
      wanted: fc.nat(200),
      bits,
      claims,
    }),
    fc.record({
      type: fc.constant('peers' as const),
      peers: fc.array(peer, { maxLength: 5 }),
      agreed: claims,
      intervalMs: fc.nat(),
    }),
  ),
  { maxLength: 12 },
);

function frames(list: readonly SwarmMessage[]): Buffer {
  return Buffer.concat(
    list.flatMap((message) => {
      const { head, body: part } = encodeSwarm(message);
      return part === undefined ? [head] : [head, part as Uint8Array];
    }),
  );
}

/** What a receiver has after the call: bodies copied, parts of one frame joined again. */
function decode(pieces: readonly Uint8Array[]): SwarmMessage[] {
  const result: SwarmMessage[] = [];
  const decoder = createSwarmDecoder((message) => {
    if (message.type !== 'chunk') return void result.push(message);
    const part = Uint8Array.from(message.body as Uint8Array);
    const last = result.at(-1);
    if (last?.type === 'chunk' && last.index === message.index && message.offset > 0) {
      if (last.offset + last.body.byteLength === message.offset) {
        result[result.length - 1] = { ...last, body: Buffer.concat([last.body as Uint8Array, part]) };
        return;
      }
    }
    result.push({ ...message, body: part });
  });
  for (const piece of pieces) {
    const reused = Uint8Array.from(piece);
    decoder.push(reused);
    reused.fill(0xee);
  }
  decoder.end();
  return result;
}

function plain(list: readonly SwarmMessage[]): unknown {
  return list.map((message) =>
    message.type === 'chunk'
      ? { ...message, body: Buffer.from(message.body as Uint8Array).toString('hex') }
      : message,
  );
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = cuts.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('swarm codec', () => {
  it('gives back every message, however the stream is cut, and keeps nothing of the pushed bytes', () => {
    fc.assert(
      fc.property(messages, fc.array(share, { maxLength: 30 }), (list, cuts) => {
        expect(plain(decode(cut(frames(list), cuts)))).toEqual(plain(list));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back every message from single bytes', () => {
    fc.assert(
      fc.property(messages, (list) => {
        const bytes = frames(list);
        expect(plain(decode([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(plain(list));
      }),
    );
  });

  it('knows the exact size of every message without encoding it', () => {
    fc.assert(
      fc.property(messages, (list) => {
        for (const message of list) expect(swarmMessageBytes(message)).toBe(frames([message]).length);
      }),
    );
  });

  it('sizes a part by its opaque body', () => {
    const token = { byteLength: 1000 };
    const message = { type: 'chunk', index: 1, offset: 0, chunkBytes: 1000, body: token } as const;
    expect(swarmMessageBytes(message)).toBe(1025);
    expect(encodeSwarm(message).body).toBe(token);
  });

  it('throws nothing but RemoteProtocolError on random bytes', () => {
    const type = fc.constantFrom(...Object.values(FRAME_TYPES), 0x80, 0xff, 0x40);
    const frame = fc.tuple(type, fc.uint8Array({ maxLength: 60 })).map(([code, payload]) => {
      return Buffer.concat([Buffer.from([0, 0, 0, payload.length + 1, code]), payload]);
    });
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(frame).map((list) => Buffer.concat(list)),
    );
    fc.assert(
      fc.property(noise, fc.array(share, { maxLength: 5 }), (bytes, cuts) => {
        try {
          decode(cut(bytes, cuts));
        } catch (error) {
          expect(error).toBeInstanceOf(RemoteProtocolError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('delivers a part as it arrives, as views of the pushed bytes', () => {
    const content = new Uint8Array(256 * 1024).fill(5);
    const bytes = frames([{ type: 'chunk', index: 3, offset: 1000, chunkBytes: 2 ** 40, body: content }]);
    const offsets: number[] = [];
    let pushed = new Uint8Array(0);
    const decoder = createSwarmDecoder((message) => {
      if (message.type !== 'chunk') throw new Error('not a chunk');
      offsets.push(message.offset);
      expect((message.body as Uint8Array).buffer).toBe(pushed.buffer);
    });
    for (let at = 0; at < bytes.length; at += 65536) {
      pushed = Uint8Array.from(bytes.subarray(at, at + 65536));
      decoder.push(pushed);
    }
    expect(offsets).toEqual([1000, 1000 + 65511, 1000 + 131047, 1000 + 196583, 1000 + 262119]);
  });

  it('holds no more of a frame than has arrived, whatever length the frame claims', () => {
    const decoders = Array.from({ length: 2000 }, () => createSwarmDecoder(() => {}));
    const before = process.memoryUsage().arrayBuffers;
    for (const decoder of decoders) decoder.push(Uint8Array.of(0, 0x10, 0, 1, FRAME_TYPES.bitfield, 1, 2, 3));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 2 ** 20);
    expect(decoders).toHaveLength(2000);
  });

  it('refuses frames above the limits at their head, before anything is kept', () => {
    const heads: [number, number][] = [
      [FRAME_BYTES_MAX + 1, FRAME_TYPES.announce],
      [FRAME_BYTES_MAX + 1, 0x80],
      [0xffffffff, FRAME_TYPES.bitfield],
      [1 + 20 + PART_BYTES_MAX + 1, FRAME_TYPES.chunk],
      [20, FRAME_TYPES.chunk],
      [6, FRAME_TYPES.choke],
      [0, FRAME_TYPES.choke],
      [1, 0x7f],
    ];
    for (const [length, type] of heads) {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(length);
      head[4] = type;
      expect(() => createSwarmDecoder(() => {}).push(head), `${length} ${type}`).toThrow(RemoteProtocolError);
    }
  });

  it('skips extension frames it does not know', () => {
    const extension = Buffer.concat([Buffer.from([0, 0, 0x10, 1, 0x99]), Buffer.alloc(4096, 7)]);
    const empty = Buffer.from([0, 0, 0, 1, 0xff]);
    const stream = Buffer.concat([
      extension,
      frames([{ type: 'have', index: 9 }]),
      empty,
      frames([{ type: 'choke' }]),
    ]);
    expect(decode(cut(stream, [0.3, 0.6]))).toEqual([{ type: 'have', index: 9 }, { type: 'choke' }]);
  });

  it('refuses a request that ends within its offset, or whose offset is 0', () => {
    const request = frames([{ type: 'request', index: 1, offset: 7 }]);
    const cutShort = Buffer.from(request.subarray(0, -1));
    cutShort[3]!--;
    expect(() => decode([cutShort])).toThrow(/ends within its offset/);
    request[16] = 0;
    expect(() => decode([request])).toThrow(/offset of 0/);
  });

  it('refuses a part that reaches beyond its chunk, or that carries nothing of it', () => {
    const part = frames([
      { type: 'chunk', index: 1, offset: 0, chunkBytes: 4, body: Uint8Array.of(1, 2, 3, 4) },
    ]);
    part[16] = 1; // the offset's last byte
    expect(() => decode([part])).toThrow(/part of 4 bytes at 1 of a 4 byte chunk/);
    expect(() => decode([Buffer.concat([Buffer.from([0, 0, 0, 21, 7]), part.subarray(5, 25)])])).toThrow(
      RemoteProtocolError,
    );
  });

  it('goes on throwing after an error, and after the end', () => {
    const decoder = createSwarmDecoder(() => {});
    expect(() => decoder.push(Uint8Array.of(0, 0, 0, 1, 0x7f))).toThrow(RemoteProtocolError);
    expect(() => decoder.push(frames([{ type: 'choke' }]))).toThrow(RemoteProtocolError);
    const ended = createSwarmDecoder(() => {});
    ended.end();
    expect(() => ended.push(frames([{ type: 'choke' }]))).toThrow(RemoteProtocolError);
  });

  it('lets through what its own handler throws, and goes on with the next bytes', () => {
    const seen: string[] = [];
    const decoder = createSwarmDecoder((message) => {
      seen.push(message.type);
      if (message.type === 'choke') throw new TypeError('mine');
    });
    expect(() => decoder.push(frames([{ type: 'choke' }]))).toThrow(TypeError);
    decoder.push(frames([{ type: 'unchoke' }]));
    expect(seen).toEqual(['choke', 'unchoke']);
  });

  it('refuses to send what the protocol does not allow', () => {
    const wrong: SwarmMessage[] = [
      { type: 'have', index: 0 },
      { type: 'request', index: 1, offset: 0 },
      { type: 'request', index: 1, offset: 2 ** 53 },
      { type: 'have', index: CHUNKS_MAX + 1 },
      { type: 'have-many', indices: [] },
      { type: 'have-many', indices: new Array<number>(HAVE_MANY_MAX + 1).fill(1) },
      { type: 'have-many', indices: [1, 0] },
      { type: 'handshake', version: 1, name: 'é'.repeat(128), port: 1, totalChunks: 1 },
      { type: 'announce', event: 'started', wanted: 201, bits: new Uint8Array(0), claims: [] },
      {
        type: 'peers',
        peers: [{ address: { host: 'a b', port: 1 }, protocol: 'spec' }],
        agreed: [],
        intervalMs: 1,
      },
      { type: 'peers', peers: [], agreed: [{ index: 1, bytes: 1, hash: 'AB' }], intervalMs: 1 },
      { type: 'chunk', index: 1, offset: 0, chunkBytes: 9, body: new Uint8Array(0) },
      { type: 'chunk', index: 1, offset: 5, chunkBytes: 9, body: new Uint8Array(5) },
      { type: 'chunk', index: 1, offset: 0, chunkBytes: 2 ** 30, body: { byteLength: PART_BYTES_MAX + 1 } },
    ];
    for (const message of wrong) expect(() => encodeSwarm(message), message.type).toThrow(LocalProtocolError);
  });
});

describe('magic', () => {
  it('cannot begin any text', () => {
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(SWARM_MAGIC.subarray(0, 1))).toThrow();
  });

  it('is certain from its last byte, and refused at the first that differs', () => {
    expect(matchMagic(new Uint8Array(0))).toBe('maybe');
    expect(matchMagic(SWARM_MAGIC.subarray(0, 7))).toBe('maybe');
    expect(matchMagic(SWARM_MAGIC)).toBe('yes');
    expect(matchMagic(Buffer.concat([SWARM_MAGIC, Buffer.from([1])]))).toBe('yes');
    expect(matchMagic(Buffer.from('WHERE_CHUNK,1'))).toBe('no');
    expect(matchMagic(Uint8Array.of(0x89, 0x50))).toBe('no');
  });
});
