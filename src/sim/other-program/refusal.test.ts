import { expect, test } from 'vitest';
import { ConfigError, EngineError } from '../../core/errors.ts';
import { refusalOf } from './refusal.ts';

const ref = { name: 'main', commit: '0123456789abcdef' };
const planFile = '/tmp/other/run-1/plan.json';
const unknown = (peer: number) => [
  `${planFile}:${peer * 30}:9: peers.${peer}.policy.picker: "novel" is not known here; known: rarest-first, random`,
  `  ${peer * 30} |       "picker": "novel"`,
  '      |                 ^',
];

const refused = (told: readonly string[], code: number | null = 2) =>
  refusalOf(ref, { code, told: `${told.join('\n')}\n`, planFile });

test('what an older program says of every peer is told once, without places in a file that is gone', () => {
  const peers = Array.from({ length: 30 }, (_, at) => unknown(at + 1)).flat();
  const error = refused([`sim: ${peers[0]!}`, ...peers.slice(1), 'and 3 more mistakes']);
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message.split('\n')).toEqual([
    'the program of main (commit 0123456789ab) cannot run this plan, which has what that program does not know:',
    '  peers.1.policy.picker: "novel" is not known here; known: rarest-first, random (30 times, the last at peers.30.policy.picker)',
    'name a commit that has it, or set what both programs know (--set)',
  ]);
});

test('any other refusal is told in the words of the other program', () => {
  expect(refused(['sim: there is no memory']).message).toMatch(
    /cannot run this plan; it says:\n {2}sim: there is no memory$/,
  );
});

test('a program that broke down is no mistake of the scenario', () => {
  const error = refused(['TypeError: x is not a function'], null);
  expect(error).toBeInstanceOf(EngineError);
  expect(error.message).toMatch(/ended with a signal and no result; it said:\n {2}TypeError/);
});
