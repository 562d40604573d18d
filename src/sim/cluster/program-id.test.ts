import { expect, test } from 'vitest';
import { describeProgram, programId, type Program } from './program-id.ts';

const uncoded: Program = { version: '1', commit: 'abc-dirty', node: 'v20' };
const program: Program = { ...uncoded, code: 'c0de' };

test('programs are the same by their code, whatever is committed, and by their commit where the code is not known', () => {
  expect(programId({ ...program, commit: null })).toBe(programId(program));
  expect(programId({ ...program, code: 'other' })).not.toBe(programId(program));
  expect(programId({ ...program, node: 'v22' })).not.toBe(programId(program));
  expect(programId({ ...uncoded, commit: 'def' })).not.toBe(programId(uncoded));
});

test('a program is told with all that is known of it', () => {
  expect(describeProgram(program)).toBe('swarm-lab 1 of commit abc-dirty (code c0de) on Node v20');
  expect(describeProgram({ version: '1', commit: null, node: 'v20' })).toBe('swarm-lab 1 on Node v20');
});
