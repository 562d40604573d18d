import { expect, test } from 'vitest';
import { parsePlan } from '../../saved-plan/parse-plan.ts';
import { mistakesOf } from '../fixture.ts';
import { ScenarioError } from './problems.ts';

const ESCAPE = '\u001b';

/** Control characters but line breaks and tabs. */
const UNPRINTABLE = /[^\P{Cc}\n\t]/u;

test('signs that a terminal would act upon are shown as pictures, and the caret stays under the mistake', () => {
  const source = `a: "${ESCAPE}[2Jx"\u0007\u007f\u009b\u202e # \tbell`;
  const problem = { file: 'a.yaml', line: 1, column: 14, path: `k${ESCAPE}[31m`, message: 'is\r\nwrong' };
  const { message } = new ScenarioError([problem], new Map([['a.yaml', source]]));
  expect(`\n${message}\n`).toBe(`
a.yaml:1:14: k␛[31m: is␍␊wrong
    1 | a: "␛[2Jx"␇␡\ufffd\ufffd # \tbell
      |              ^
`);
});

test('nothing of a binary file gets to the terminal as it is', () => {
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256));
  const texts = [bytes.toString('utf8'), bytes.toString('latin1'), `x: 1\n${bytes.toString('latin1')}`];
  for (const text of texts) {
    expect(mistakesOf(text)).not.toMatch(UNPRINTABLE);
    expect(() => parsePlan(text, 'plan.json')).toThrow(ScenarioError);
  }
});

test('keys and values that are unprintable by an escape of YAML are told as pictures, too', () => {
  const text = `content: { generate: { size: "1\\e[31mMB" } }\n"\\x07bell": 1\npeers: { a: { holds: all } }\n`;
  const message = mistakesOf(text);
  expect(message).not.toMatch(UNPRINTABLE);
  expect(message).toContain('␇bell: unknown key');
});
