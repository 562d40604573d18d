import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HASH, messagesOf, reader } from '../../../../test/support/spec-texts.ts';
import { RemoteProtocolError } from '../../errors.ts';
import { SPEC_PENDING_BYTES_MAX } from './decode.ts';
import { encodeSpec } from './encode.ts';

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
        let thrown: unknown;
        try {
          for (const block of blocks) decoder.push(block);
          clock.silence();
          decoder.end();
        } catch (error) {
          thrown = error;
        }
        expect(thrown ?? new RemoteProtocolError('none')).toBeInstanceOf(RemoteProtocolError);
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
