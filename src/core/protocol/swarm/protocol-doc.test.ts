import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as trackerLimits from '../../tracker/limits.ts';
import type { SwarmMessage } from '../messages.ts';
import { createSwarmDecoder } from './decode.ts';
import { encodeSwarm } from './encode.ts';
import { FRAME_TYPES } from './frame-types.ts';
import * as limits from './limits.ts';
import { SWARM_MAGIC } from './magic.ts';

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');

/** The streams of an example, by sender. */
function streams(name: string): Map<string, Buffer> {
  const block = new RegExp(`\`\`\`${name}\n([^\`]*)\`\`\``).exec(page)![1]!;
  const result = new Map<string, Buffer>();
  let sender = '';
  for (const line of block.trimEnd().split('\n')) {
    sender = /^\w+/.exec(line)?.[0] ?? sender;
    const hex = /^\w*\s+((?:[0-9a-f]{2} ?)+)/.exec(line)![1]!.replaceAll(' ', '');
    result.set(sender, Buffer.concat([result.get(sender) ?? Buffer.alloc(0), Buffer.from(hex, 'hex')]));
  }
  return result;
}

function decoded(stream: Buffer): SwarmMessage[] {
  expect(stream.subarray(0, 8)).toEqual(Buffer.from(SWARM_MAGIC));
  const messages: SwarmMessage[] = [];
  const decoder = createSwarmDecoder((message) => messages.push(message));
  decoder.push(stream.subarray(8));
  decoder.end();
  return messages;
}

function encoded(messages: readonly SwarmMessage[]): Buffer {
  const frames = messages.flatMap((message) => {
    const { head, body } = encodeSwarm(message);
    return body === undefined ? [head] : [head, body as Uint8Array];
  });
  return Buffer.concat([SWARM_MAGIC, ...frames]);
}

const handshake = (name: string, port: number) =>
  ({ type: 'handshake', version: 1, name, port, totalChunks: 10 }) as const;

test('the page shows a conversation with the tracker as the codec speaks it', () => {
  const example = streams('swarm-tracker');
  const alice: SwarmMessage[] = [
    handshake('alice', 6001),
    {
      type: 'announce',
      event: 'started',
      wanted: 50,
      bits: Uint8Array.of(0xc0, 0),
      claims: [{ index: 1, bytes: 5, hash: 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d' }],
    },
  ];
  const tracker: SwarmMessage[] = [
    handshake('tracker', 5100),
    {
      type: 'peers',
      intervalMs: 10_000,
      peers: [
        { address: { host: 'localhost', port: 6002 }, protocol: 'swarm' },
        { address: { host: 'localhost', port: 5001 }, protocol: 'spec', bits: Uint8Array.of(0, 0x40) },
      ],
      agreed: [{ index: 3, bytes: 5, hash: '7c211433f02071597741e6ff5a8ea34789abbf43' }],
    },
  ];
  expect(decoded(example.get('alice')!)).toEqual(alice);
  expect(decoded(example.get('tracker')!)).toEqual(tracker);
  expect(encoded(alice)).toEqual(example.get('alice'));
  expect(encoded(tracker)).toEqual(example.get('tracker'));
});

test('the page shows a conversation of peers as the codec speaks it', () => {
  const example = streams('swarm-peers');
  const [alice, bob] = [decoded(example.get('alice')!), decoded(example.get('bob')!)];
  expect(alice).toEqual([
    handshake('alice', 6001),
    { type: 'resumes' },
    { type: 'any-order' },
    { type: 'bitfield', bits: Uint8Array.of(0xc0, 0) },
    { type: 'interested' },
    { type: 'request', index: 3 },
    { type: 'request', index: 4 },
    { type: 'request', index: 5, offset: 2 },
    { type: 'have', index: 3 },
    { type: 'cancel', index: 4 },
    { type: 'not-interested' },
    { type: 'have-many', indices: [4, 5] },
  ]);
  expect(bob).toEqual([
    handshake('bob', 6002),
    { type: 'resumes' },
    { type: 'bitfield', bits: Uint8Array.of(0x38, 0) },
    { type: 'unchoke' },
    { type: 'chunk', index: 3, offset: 0, chunkBytes: 5, body: Buffer.from('wor') },
    { type: 'chunk', index: 3, offset: 3, chunkBytes: 5, body: Buffer.from('ld') },
    { type: 'reject', index: 4, reason: 'cancelled' },
    { type: 'choke' },
    { type: 'reject', index: 5, reason: 'choked' },
    { type: 'keep-alive' },
  ]);
  expect(encoded(alice)).toEqual(example.get('alice'));
  expect(encoded(bob)).toEqual(example.get('bob'));
});

test('the page lists every type of frame with its code', () => {
  const listed = [...page.matchAll(/^\| `0x([0-9a-f]{2})` \| `([a-z-]+)`/gm)];
  const codes = listed.map(([, code, type]) => [type, Number.parseInt(code!, 16)]);
  expect(Object.fromEntries(codes)).toEqual(FRAME_TYPES);
});

test('the page lists every limit with its value', () => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+_MAX)` +\| (\d+)/gm)];
  const values = listed.map(([, name, value]) => [name, Number(value)]);
  const isBound = (name: string) => name.endsWith('_MAX') && name !== 'LISTED_HOLDERS_MAX';
  const bounds = Object.entries({ ...limits, ...trackerLimits }).filter(([name]) => isBound(name));
  expect(Object.fromEntries(values)).toEqual(Object.fromEntries(bounds));
});
