import type { Body } from '../../src/core/interfaces.ts';
import { createSwarmDecoder } from '../../src/core/protocol/swarm/decode.ts';
import { encodeSwarm } from '../../src/core/protocol/swarm/encode.ts';
import { KIB } from '../../src/core/units.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { pseudoRandomBytes } from './pseudo-random.ts';

const CHUNK_BYTES = 256 * KIB;
/** What a socket hands over at a time. */
const READ_BYTES = 64 * KIB;
const CHUNKS_PER_CALL = 8;

/**
 * Bytes of chunks through encoder and decoder, as they cross between two peers but for the socket: bodies are not
 * copied on the way, so that this is the cost of heads and messages alone, for each byte carried.
 */
export const framingBenchmarks: readonly MicroBenchmark[] = [256, 16].map((partKib) => ({
  name: `framing: chunk of 256 KiB in parts of ${partKib} KiB, reads of 64 KiB`,
  opsPerCall: CHUNKS_PER_CALL,
  bytesPerOp: CHUNK_BYTES,
  prepare() {
    const content = pseudoRandomBytes(CHUNK_BYTES);
    let carried = 0;
    const decoder = createSwarmDecoder((message) => {
      if (message.type === 'chunk') carried += message.body.byteLength + message.offset;
    });
    return () => {
      carried = 0;
      for (let index = 1; index <= CHUNKS_PER_CALL; index++) {
        for (let offset = 0; offset < CHUNK_BYTES; offset += partKib * KIB) {
          const part = content.subarray(offset, offset + partKib * KIB);
          const frame = encodeSwarm({ type: 'chunk', index, offset, chunkBytes: CHUNK_BYTES, body: part });
          decoder.push(frame.head);
          pushInReads(bytesOf(frame.body!), (read) => decoder.push(read));
        }
      }
      return carried;
    };
  },
}));

function pushInReads(bytes: Uint8Array, push: (read: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += READ_BYTES) push(bytes.subarray(at, at + READ_BYTES));
}

function bytesOf(body: Body): Uint8Array {
  return body as Uint8Array;
}
