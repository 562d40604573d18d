import { expect, test } from 'vitest';
import { suggestKnown } from './did-you-mean.ts';

const LETTERS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'omega'];

test('a word that is nearly a known one is answered with that one', () => {
  expect(suggestKnown('Gama', LETTERS)).toBe('did you mean "gamma"?');
});

test('a word like no known one is answered with all names where there are six or fewer', () => {
  expect(suggestKnown('xylophone', LETTERS.slice(0, 6), 'letters')).toBe(
    'letters: alpha, beta, gamma, delta, epsilon, zeta',
  );
});

test('of more than six names the six nearest are listed, and how many more there are', () => {
  expect(suggestKnown('xylophone', LETTERS)).toBe(
    'known: alpha, epsilon, delta, omega, beta, gamma … and 1 more',
  );
});

test('where nothing is known the word is to be removed', () => {
  expect(suggestKnown('xylophone', [])).toBe('remove it');
});
