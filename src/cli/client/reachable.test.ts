import { expect, it } from 'vitest';
import { misleadsOthers } from './reachable.ts';

it.each([
  ['0.0.0.0', 'localhost', true],
  ['::', '::1', true],
  ['::', '127.0.0.2', true],
  ['0.0.0.0', '192.0.2.1', false],
  ['127.0.0.1', 'localhost', false],
])('who listens on %s and is told of as %s misleads other machines: %s', (bind, host, expected) => {
  expect(misleadsOthers({ bind, host })).toBe(expected);
});
