import { describe, expect, test } from 'vitest';
import { HASH, localhost, read, reader } from '../../../../test/support/spec-texts.ts';

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
    [
      'IPv6, in its one spelling',
      'GET_CHUNK_FROM,3,0:0::1,5001,[2001:DB8::7],5002,::ffff:10.1.2.3,5003',
      [
        {
          ...known,
          holders: [
            { host: '::1', port: 5001 },
            { host: '2001:db8::7', port: 5002 },
            { host: '10.1.2.3', port: 5003 },
          ],
        },
      ],
    ],
    [
      'what is no host for others',
      'GET_CHUNK_FROM,3,fe80::1%eth0,5009,1::2::3,5009,localhost,5001,[localhost],5009,localhost,5002',
      [known],
    ],
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

describe('an index is a whole decimal number', () => {
  const nonsense = ['1e3', '1.5', '0x1', '+1', '-1', '1x', '1_000', '', '99999999999'];
  test.each(nonsense)('%j is none', (text) => {
    expect(read('tracker', `WHERE_CHUNK,${text}`)).toEqual([]);
    expect(read('tracker', `LOCAL_CHUNKS,${text},localhost,5001`)).toEqual([]);
    expect(read('server', `REQUEST_CHUNK,${text}`)).toEqual([]);
  });

  test.each(['1', ' 1', '1 ', '001', '0000000000001', '1\r', '1,'])('%j is 1', (text) => {
    expect(read('tracker', `WHERE_CHUNK,${text}`)).toEqual([{ type: 'where-chunk', index: 1 }]);
    expect(read('server', `REQUEST_CHUNK,${text}`)).toEqual([{ type: 'request-chunk', index: 1 }]);
  });
});

test('a requester gets the bytes as they are', () => {
  const { decoder, messages } = reader({ side: 'requester' });
  const bytes = Uint8Array.of(1, 2, 3);
  decoder.push(bytes);
  decoder.end();
  expect(messages).toEqual([{ type: 'raw', body: bytes }]);
});
