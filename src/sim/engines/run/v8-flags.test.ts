import { expect, it } from 'vitest';
import { useV8Flags, v8Flags } from './v8-flags.ts';

it('what one engine asks of V8 does not hold for the next one', () => {
  useV8Flags({});
  const usual = v8Flags();
  useV8Flags({ 'interrupt-budget': 5_000_000 });
  useV8Flags({ 'max-inlined-bytecode-size-cumulative': 350 });
  expect(JSON.parse(v8Flags())).toMatchObject({ 'interrupt-budget': 66 * 1024 });
  useV8Flags({});
  expect(v8Flags()).toBe(usual);
});
