import type { Clock } from '../../src/core/interfaces.ts';
import type { SpecMessage } from '../../src/core/protocol/messages.ts';
import { createSpecDecoder, type SpecSide } from '../../src/core/protocol/spec/decode.ts';
import { encodeSpec } from '../../src/core/protocol/spec/encode.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const MESSAGES_PER_CALL = 100;
const HASH = '0123456789abcdef0123456789abcdef01234567';
const HOLDERS = Array.from({ length: 8 }, (_, at) => ({ host: 'localhost', port: 50_000 + at }));

interface Sample {
  /** Who reads it. */
  readonly side: SpecSide;
  readonly of: (index: number) => SpecMessage;
}

/** `terminated`, so that the decoder is certain of each without waiting for silence. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  LOCAL_CHUNKS: {
    side: 'tracker',
    of: (index) => ({ type: 'local-chunk', index, holder: HOLDERS[0]!, terminated: true }),
  },
  'LOCAL_CHUNKS with a hash': {
    side: 'tracker',
    of: (index) => ({ type: 'local-chunk', index, hash: HASH, holder: HOLDERS[0]!, terminated: true }),
  },
  WHERE_CHUNK: { side: 'tracker', of: (index) => ({ type: 'where-chunk', index, terminated: true }) },
  'GET_CHUNK_FROM of 8 holders': {
    side: 'client',
    of: (index) => ({ type: 'chunk-from', index, hash: HASH, holders: HOLDERS, terminated: true }),
  },
  CHUNK_LOCATION_UNKNOWN: {
    side: 'client',
    of: (index) => ({ type: 'chunk-unknown', index, terminated: true }),
  },
  REQUEST_CHUNK: { side: 'server', of: (index) => ({ type: 'request-chunk', index }) },
};

/** Silence never comes here: every message is certain from its bytes. */
const silentClock: Clock = { now: () => 0, setTimer: () => ({ cancel: () => undefined }) };

function messages({ of }: Sample): SpecMessage[] {
  return Array.from({ length: MESSAGES_PER_CALL }, (_, at) => of(100 + at));
}

function encodeBenchmark(name: string, sample: Sample): MicroBenchmark {
  return {
    name: `spec codec: encode ${name}`,
    opsPerCall: MESSAGES_PER_CALL,
    prepare() {
      const all = messages(sample);
      return () => {
        let bytes = 0;
        for (const message of all) bytes += encodeSpec(message).length;
        return bytes;
      };
    },
  };
}

function decodeBenchmark(name: string, sample: Sample): MicroBenchmark {
  return {
    name: `spec codec: decode ${name}`,
    opsPerCall: MESSAGES_PER_CALL,
    prepare() {
      const encoded = messages(sample).map(encodeSpec);
      let sum = 0;
      const decoder = createSpecDecoder(
        { clock: silentClock },
        // No further digit can follow an index of three, so that a request is certain at once.
        { side: sample.side, totalChunks: 999 },
        (message) => (sum += message.type === 'raw' ? 0 : message.index),
      );
      return () => {
        sum = 0;
        for (const bytes of encoded) decoder.push(bytes);
        return sum;
      };
    },
  };
}

export const specCodecBenchmarks: readonly MicroBenchmark[] = Object.entries(SAMPLES).flatMap(
  ([name, sample]) => [encodeBenchmark(name, sample), decodeBenchmark(name, sample)],
);
