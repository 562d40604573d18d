import { expect, test } from 'vitest';
import { z } from 'zod';
import { attachedTo, messageType } from './message.ts';

const greeting = messageType('greeting', { name: z.string() });
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

test('a message comes back as it was', () => {
  expect(greeting.decode(greeting.encode({ name: 'a' }), 'here')).toEqual({ name: 'a' });
});

test('bytes that are attached come back as they were, also with line feeds in them; a message need not have any', () => {
  const attached = Uint8Array.of(0, 10, 255, 10, 10);
  const letter = messageType('letter', { name: z.string() }, { haveAttached: true });
  const message = letter.encode({ name: 'a\nb' }, attached);
  expect(letter.decode(message, 'here')).toEqual({ name: 'a\nb' });
  expect([...attachedTo(message)]).toEqual([...attached]);
  expect(attachedTo(letter.encode({ name: 'a' }))).toHaveLength(0);
});

test.each([
  ['text', new TextEncoder().encode('hello'), /no JSON with v, kind and body/],
  ['another version', bytes({ v: 2, kind: 'greeting', body: {} }), /version 2, and this program speaks 1/],
  ['another kind', bytes({ v: 1, kind: 'farewell', body: {} }), /it is "farewell"/],
  ['a wrong field', bytes({ v: 1, kind: 'greeting', body: { name: 5 } }), /name: .*expected string/],
  ['bytes where none may be', greeting.encode({ name: 'a' }, Uint8Array.of(1)), /no JSON/],
  ['a field too many', bytes({ v: 1, kind: 'greeting', body: { name: 'a', run: 'rm' } }), /"run"/],
])('%s is refused, with where it came from', (_, message, why) => {
  expect(() => greeting.decode(message, 'lab.subject')).toThrow(why);
  expect(() => greeting.decode(message, 'lab.subject')).toThrow(/^lab\.subject: .*"greeting"/);
});
