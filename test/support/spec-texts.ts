/** Reads and makes texts of the spec protocol for tests of its codec. */
import fc from 'fast-check';
import { addressText, canonicalHost } from '../../src/core/address.ts';
import type { Clock, Timer } from '../../src/core/interfaces.ts';
import type { SpecMessage } from '../../src/core/protocol/messages.ts';
import { createSpecDecoder, type SpecDecoderOptions } from '../../src/core/protocol/spec/decode.ts';

export const HASH = 'a'.repeat(20) + '0'.repeat(20);
export const localhost = (port: number) => ({ host: 'localhost', port });

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

export function reader(options: SpecDecoderOptions) {
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
export function read(side: SpecDecoderOptions['side'], text: string): SpecMessage[] {
  const { push, clock, told } = reader({ side });
  push(text);
  clock.silence();
  return told();
}

const addresses = fc.record({
  host: fc.oneof(fc.constantFrom('localhost', '10.1.2.3', 'host-1.example'), fc.ipV6().map(canonicalHost)),
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
export const messagesOf = {
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
          selector: addressText,
        }),
      )
      .map(([rest, holders]): SpecMessage => ({ type: 'chunk-from', ...rest, holders })),
    withoutHash.map((rest): SpecMessage => ({ type: 'chunk-unknown', ...rest })),
  ),
  server: fc
    .integer({ min: 1, max: 2 ** 31 - 1 })
    .map((index): SpecMessage => ({ type: 'request-chunk', index })),
};
