import type { SwarmMessage } from '../../src/core/protocol/messages.ts';
import { createSwarmDecoder } from '../../src/core/protocol/swarm/decode.ts';
import { encodeSwarm } from '../../src/core/protocol/swarm/encode.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const MESSAGES_PER_CALL = 100;
const TOTAL_CHUNKS = 10_000;
const BITS = new Uint8Array(TOTAL_CHUNKS / 8).fill(0xa5);
const HASH = '0123456789abcdef0123456789abcdef01234567';

function claims(count: number) {
  return Array.from({ length: count }, (_, at) => ({ index: at + 1, bytes: 262_144, hash: HASH }));
}

const PEERS = Array.from({ length: 50 }, (_, at) => ({
  address: { host: '127.0.0.1', port: 50_000 + at },
  protocol: 'swarm' as const,
}));

/** One of each kind but `chunk`, which framing measures; of 10,000 chunks where that matters. */
const SAMPLES: readonly (readonly [name: string, of: (index: number) => SwarmMessage])[] = [
  [
    'handshake',
    (index) => ({ type: 'handshake', version: 1, name: 'peer', port: 1 + index, totalChunks: TOTAL_CHUNKS }),
  ],
  ['bitfield of 10,000 chunks', () => ({ type: 'bitfield', bits: BITS })],
  ['have', (index) => ({ type: 'have', index })],
  ['interested', () => ({ type: 'interested' })],
  ['not-interested', () => ({ type: 'not-interested' })],
  ['choke', () => ({ type: 'choke' })],
  ['unchoke', () => ({ type: 'unchoke' })],
  ['request', (index) => ({ type: 'request', index })],
  ['cancel', (index) => ({ type: 'cancel', index })],
  ['reject', (index) => ({ type: 'reject', index, reason: 'choked' })],
  ['keep-alive', () => ({ type: 'keep-alive' })],
  [
    'announce of 10,000 chunks, 10 claims',
    () => ({ type: 'announce', event: 'update', wanted: 50, bits: BITS, claims: claims(10) }),
  ],
  ['peers: 50, 10 claims', () => ({ type: 'peers', peers: PEERS, agreed: claims(10), intervalMs: 10_000 })],
];

function messages(of: (index: number) => SwarmMessage): SwarmMessage[] {
  return Array.from({ length: MESSAGES_PER_CALL }, (_, at) => of(at + 1));
}

export const swarmCodecBenchmarks: readonly MicroBenchmark[] = SAMPLES.flatMap(([name, of]) => [
  {
    name: `swarm codec: encode ${name}`,
    opsPerCall: MESSAGES_PER_CALL,
    prepare() {
      const all = messages(of);
      return () => {
        let sum = 0;
        for (const message of all) {
          const { head } = encodeSwarm(message);
          sum += head.length + head[head.length - 1]!;
        }
        return sum;
      };
    },
  },
  {
    name: `swarm codec: decode ${name}`,
    opsPerCall: MESSAGES_PER_CALL,
    prepare() {
      const stream = Buffer.concat(messages(of).map((message) => encodeSwarm(message).head));
      let sum = 0;
      const decoder = createSwarmDecoder((message) => (sum += message.type.length));
      return () => {
        sum = 0;
        decoder.push(stream);
        return sum;
      };
    },
  },
]);
