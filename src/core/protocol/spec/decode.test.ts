import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RemoteProtocolError } from '../../errors.ts';
import type { Clock, Timer } from '../../interfaces.ts';
import type { SpecMessage } from '../messages.ts';
import { createSpecDecoder, SPEC_PENDING_BYTES_MAX, type SpecDecoderOptions } from './decode.ts';
import { encodeSpec, fitHolders, specMessageBytes } from './encode.ts';

const HASH = 'a'.repeat(20) + '0'.repeat(20);
const localhost = (port: number) => ({ host: 'localhost', port });

/** A clock on which only the last timer matters: `silence` fires it. */
function handClock(): Clock & { silence(): void; readonly pending: boolean } {
  let timer: (() => void) | undefined;
  return {
    now: () => 0,
    setTimer(_delayMs, callback): Timer {
      const mine = () => {
        timer = undefined;
        callback();
      };
      timer = mine;
      return {
        cancel() {
          if (timer === mine) timer = undefined;
        },
      };
    },
    silence: () => timer?.(),
    get pending() {
      return timer !== undefined;
    },
  };
}

function reader(options: SpecDecoderOptions) {
  const clock = handClock();
  const messages: SpecMessage[] = [];
  const decoder = createSpecDecoder({ clock }, options, (message) => messages.push(message));
  return {
    clock,
    messages,
    decoder,
    push: (text: string) => decoder.push(new TextEncoder().encode(text)),
    /** What was told since the last time. */
    told: () => messages.splice(0),
  };
}

/** Everything told of a text that comes at once, followed by silence. */
function read(side: SpecDecoderOptions['side'], text: string): SpecMessage[] {
  const { push, clock, told } = reader({ side });
  push(text);
  clock.silence();
  return told();
}

describe('a message is certain', () => {
  test('when a newline follows', () => {
    const { push, told } = reader({ side: 'tracker' });
    push('WHERE_CHUNK,1');
    expect(told()).toEqual([]);
    push('2\n');
    expect(told()).toEqual([{ type: 'where-chunk', index: 12, terminated: true }]);
  });

  test('when the next message word follows, even without a gap', () => {
    const { push, told } = reader({ side: 'tracker' });
    push('LOCAL_CHUNKS,1,localhost,5001WHERE_CH');
    expect(told()).toEqual([]);
    push('UNK,3');
    expect(told()).toEqual([{ type: 'local-chunk', index: 1, holder: localhost(5001) }]);
  });

  test('when the stream is silent', () => {
    const { push, told, clock } = reader({ side: 'client' });
    push('CHUNK_LOCATION_UNKNOWN,7');
    expect(told()).toEqual([]);
    clock.silence();
    expect(told()).toEqual([{ type: 'chunk-unknown', index: 7 }]);
    expect(clock.pending).toBe(false);
  });

  test('when the stream ends', () => {
    const { push, told, decoder, clock } = reader({ side: 'server' });
    push('REQUEST_CHUNK,7');
    decoder.end();
    expect(told()).toEqual([{ type: 'request-chunk', index: 7 }]);
    expect(clock.pending).toBe(false);
  });

  test('at once on a chunk connection when no further digit can follow', () => {
    const { push, told } = reader({ side: 'server', totalChunks: 30 });
    push('REQUEST_CHUNK,3');
    expect(told()).toEqual([]);
    push('0');
    expect(told()).toEqual([{ type: 'request-chunk', index: 30 }]);
  });

  test('not when it makes no sense yet: the rest may still come after silence', () => {
    const { push, told, clock } = reader({ side: 'tracker' });
    push('LOCAL_CHUNKS,1,local');
    clock.silence();
    expect(told()).toEqual([]);
    push('host,5001');
    clock.silence();
    expect(told()).toEqual([{ type: 'local-chunk', index: 1, holder: localhost(5001) }]);
  });

  test('and a stopped decoder tells nothing', () => {
    const { push, told, decoder, clock } = reader({ side: 'client' });
    push('CHUNK_LOCATION_UNKNOWN,7');
    decoder.stop();
    clock.silence();
    decoder.end();
    expect(told()).toEqual([]);
  });
});

describe('rule 5: answers of trackers by others', () => {
  const holders = [localhost(5001), localhost(5002)];
  const known = { type: 'chunk-from', index: 3, holders };
  test.each<[string, string, object[]]>([
    ['plain', 'GET_CHUNK_FROM,3,localhost,5001,localhost,5002', [known]],
    ['hashed', `GET_CHUNK_FROM,3,${HASH},localhost,5001,localhost,5002`, [{ ...known, hash: HASH }]],
    [
      'upper-case hash',
      `GET_CHUNK_FROM,3,${HASH.toUpperCase()},localhost,5001`,
      [{ type: 'chunk-from', index: 3, hash: HASH, holders: [localhost(5001)] }],
    ],
    ['greeting', 'Welcome to the tracker!\r\nGET_CHUNK_FROM,3,localhost,5001,localhost,5002', [known]],
    ['prefix', 'P2PTracker,GET_CHUNK_FROM,3,localhost,5001,localhost,5002', [known]],
    [
      'prefix between',
      'P2PTracker,CHUNK_LOCATION_UNKNOWN,4P2PTracker,GET_CHUNK_FROM,3,localhost,5001,localhost,5002P2PTracker,CHUNK_LOCATION_UNKNOWN,5',
      [{ type: 'chunk-unknown', index: 4 }, known, { type: 'chunk-unknown', index: 5 }],
    ],
    ['blanks', 'GET_CHUNK_FROM, 3 , localhost , 5001, 127.0.0.1 ,5002 ', [known]],
    ['trailing comma', 'GET_CHUNK_FROM,3,localhost,5001,localhost,5002,', [known]],
    ['odd number of fields', 'GET_CHUNK_FROM,3,localhost,5001,localhost,5002,localhost', [known]],
    ['fields run together', 'GET_CHUNK_FROM,3localhost,5001localhost,5002', [known]],
    ['fields run together with addresses', 'GET_CHUNK_FROM,3,127.0.0.1,5001127.0.0.1,5002', [known]],
    [
      'index and hash run together',
      `GET_CHUNK_FROM,3${HASH}localhost,5001,localhost,5002`,
      [{ ...known, hash: HASH }],
    ],
    ['repeats', 'GET_CHUNK_FROM,3,localhost,5001,localhost,5002,localhost,5001', [known]],
    [
      'a hash with every holder',
      `GET_CHUNK_FROM,3,${HASH},localhost,5001,${HASH},localhost,5002`,
      [{ ...known, hash: HASH }],
    ],
    ['UNKNOWN with blanks', 'CHUNK LOCATION UNKNOWN,3', [{ type: 'chunk-unknown', index: 3 }]],
    [
      'several answers',
      'CHUNK_LOCATION_UNKNOWN,3CHUNK_LOCATION_UNKNOWN,3',
      [
        { type: 'chunk-unknown', index: 3 },
        { type: 'chunk-unknown', index: 3 },
      ],
    ],
    ['no holders', 'GET_CHUNK_FROM,3', [{ type: 'chunk-unknown', index: 3 }]],
    ['nonsense', 'HELLO,3', [{ type: 'chunk-unknown', index: 0 }]],
    ['index nonsense', 'CHUNK_LOCATION_UNKNOWN,x', [{ type: 'chunk-unknown', index: 0 }]],
    ['index zero', 'CHUNK_LOCATION_UNKNOWN,0', [{ type: 'chunk-unknown', index: 0 }]],
    ['port nonsense', 'GET_CHUNK_FROM,3,localhost,70000,localhost,5001,localhost,5002', [known]],
    ['CR is no mark', 'CHUNK_LOCATION_UNKNOWN,3\r\n', [{ type: 'chunk-unknown', index: 3 }]],
  ])('%s', (_name, text, expected) => {
    expect(read('client', text)).toEqual(expected);
  });

  test('what cannot be understood counts as an unknown of no chunk, once the stream is silent', () => {
    const { push, told, clock, decoder } = reader({ side: 'client' });
    push('Welcome!\n');
    expect(told()).toEqual([]);
    clock.silence();
    expect(told()).toEqual([{ type: 'chunk-unknown', index: 0 }]);
    clock.silence();
    push('GET_CHUNK_FROM,3,localhost,5001\n');
    expect(told()).toEqual([{ type: 'chunk-from', index: 3, holders: [localhost(5001)], terminated: true }]);
    expect(clock.pending).toBe(false);
    push('bye');
    decoder.end();
    expect(told()).toEqual([]);
  });

  test('a newline inside: the holders before it are told at once, all of them when the rest has come', () => {
    expect(read('client', 'GET_CHUNK_FROM,3,localhost,5001\n,localhost,5002\n')).toEqual([
      { type: 'chunk-from', index: 3, holders: [localhost(5001)], terminated: true },
      { type: 'chunk-from', index: 3, holders: [localhost(5001), localhost(5002)] },
    ]);
  });
});

describe('rule 11: requests by others', () => {
  test.each([
    'REQUEST_CHUNK,3',
    'REQUEST_CHUNK,3\n',
    'REQUEST_CHUNK,3,localhost,5001',
    'REQUEST_CHUNK, 3\r\n',
    'hello REQUEST_CHUNK,3',
  ])('%j', (text) => {
    expect(read('server', text)).toEqual([{ type: 'request-chunk', index: 3 }]);
  });
});

describe('rule 13: clients by others', () => {
  const announced = { type: 'local-chunk', index: 1, holder: localhost(5001) };
  test.each<[string, string, object[]]>([
    [
      'batched with newlines',
      'LOCAL_CHUNKS,1,localhost,5001\nWHERE_CHUNK,2\n',
      [
        { ...announced, terminated: true },
        { type: 'where-chunk', index: 2, terminated: true },
      ],
    ],
    [
      'glued',
      'LOCAL_CHUNKS,1,localhost,5001LOCAL_CHUNKS,2,localhost,5001',
      [announced, { ...announced, index: 2 }],
    ],
    [
      'glued after a hash',
      `LOCAL_CHUNKS,1,${HASH},localhost,5001WHERE_CHUNK,2`,
      [
        { ...announced, hash: HASH },
        { type: 'where-chunk', index: 2 },
      ],
    ],
    ['further fields', 'LOCAL_CHUNKS,1,localhost,5001,me,too', [announced]],
    ['blanks', ' LOCAL_CHUNKS, 1, 127.0.0.1, 5001 ', [announced]],
    ['without a port', 'LOCAL_CHUNKS,1,localhost', []],
  ])('%s', (_name, text, expected) => {
    expect(read('tracker', text)).toEqual(expected);
  });
});

const addresses = fc.record({
  host: fc.constantFrom('localhost', '10.1.2.3', 'host-1.example'),
  port: fc.integer({ min: 1, max: 65_535 }),
});
const about = fc.record(
  {
    index: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    hash: fc.stringMatching(/^[0-9a-f]{40}$/),
    terminated: fc.constant(true as const),
  },
  { requiredKeys: ['index'] },
);
const withoutHash = about.map(({ index, terminated }) => (terminated ? { index, terminated } : { index }));
const messagesOf = {
  tracker: fc.oneof(
    fc
      .tuple(about, addresses)
      .map(([rest, holder]): SpecMessage => ({ type: 'local-chunk', ...rest, holder })),
    withoutHash.map((rest): SpecMessage => ({ type: 'where-chunk', ...rest })),
  ),
  client: fc.oneof(
    fc
      .tuple(
        about,
        fc.uniqueArray(addresses, {
          minLength: 1,
          maxLength: 5,
          selector: ({ host, port }) => `${host}:${port}`,
        }),
      )
      .map(([rest, holders]): SpecMessage => ({ type: 'chunk-from', ...rest, holders })),
    withoutHash.map((rest): SpecMessage => ({ type: 'chunk-unknown', ...rest })),
  ),
  server: fc
    .integer({ min: 1, max: 2 ** 31 - 1 })
    .map((index): SpecMessage => ({ type: 'request-chunk', index })),
};

describe.each(['tracker', 'client', 'server'] as const)('on side %s', (side) => {
  test('any split of any stream of valid messages gives these messages', () => {
    fc.assert(
      fc.property(
        fc.array(messagesOf[side], { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (sent, cuts) => {
          const { decoder, messages, clock } = reader({ side });
          const bytes = Buffer.concat(sent.map((message) => encodeSpec(message)));
          const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
          [...at, bytes.length].reduce((from, to) => {
            decoder.push(bytes.subarray(from, to));
            return to;
          }, 0);
          decoder.end();
          expect(messages).toEqual(sent);
          expect(clock.pending).toBe(false);
        },
      ),
    );
  });

  test('any split of any answer-like text gives the same messages', () => {
    const scraps = fc.constantFrom(
      'GET_CHUNK_FROM',
      'CHUNK LOCATION UNKNOWN',
      'LOCAL_CHUNKS',
      'WHERE_CHUNK',
      'REQUEST_CHUNK',
      ',',
      '\n',
      ' ',
      '3',
      'localhost',
      '5001',
      HASH,
      'P2PTracker',
      '\r',
      'x',
    );
    fc.assert(
      fc.property(fc.array(scraps, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = parts.join('');
        const whole = reader({ side });
        whole.push(text);
        whole.decoder.end();
        const split = reader({ side });
        for (let at = 0; at < text.length; at += size) split.push(text.slice(at, at + size));
        split.decoder.end();
        expect(split.messages).toEqual(whole.messages);
      }),
    );
  });

  test('random bytes throw nothing but the error of the protocol', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 40 }), (blocks) => {
        const { decoder, clock } = reader({ side });
        try {
          for (const block of blocks) decoder.push(block);
          clock.silence();
          decoder.end();
        } catch (error) {
          expect(error).toBeInstanceOf(RemoteProtocolError);
        }
      }),
    );
  });

  test.each([
    ['text without a message word', 'x'.repeat(1000)],
    ['blanks', ' \n'.repeat(500)],
  ])('64 KiB of %s is an error', (_name, block) => {
    const { push } = reader({ side });
    const blocks = Math.ceil((SPEC_PENDING_BYTES_MAX + 100) / block.length);
    expect(() => {
      for (let count = 0; count < blocks; count++) push(block);
    }).toThrow(RemoteProtocolError);
  });

  test('one message of 64 KiB is an error', () => {
    const { push } = reader({ side });
    push({ tracker: 'LOCAL_CHUNKS', client: 'GET_CHUNK_FROM', server: 'REQUEST_CHUNK' }[side]);
    expect(() => {
      for (let count = 0; count < 66; count++) push('1'.repeat(1024));
    }).toThrow(RemoteProtocolError);
  });
});

test('a requester gets the bytes as they are', () => {
  const { decoder, messages } = reader({ side: 'requester' });
  const bytes = Uint8Array.of(1, 2, 3);
  decoder.push(bytes);
  decoder.end();
  expect(messages).toEqual([{ type: 'raw', body: bytes }]);
});

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
