import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../errors.ts';
import { TOTAL_CHUNKS_MAX, formatLocalChunks, parseLocalChunks } from './local-chunks.ts';

const fileName = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_. -]{0,20}[A-Za-z0-9_]$/)
  .filter((name) => name !== 'LASTCHUNK' && !/^(chunk_\d+|local_chunks\.txt)$/i.test(name));

const list = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 }).chain((indices) =>
  fc.record({
    totalChunks: fc.integer({ min: Math.max(1, ...indices), max: TOTAL_CHUNKS_MAX }),
    entries: fc.tuple(
      ...indices.map((index) =>
        fc.oneof(fc.constant(`chunk_${index}`), fileName).map((name) => ({ index, name })),
      ),
    ),
  }),
);

describe('parseLocalChunks', () => {
  it('reads back any list that was written, whatever blanks and line ends were put into it since', () => {
    const blank = fc.constantFrom('', ' ', '  ', '\t');
    const style = fc.record({
      end: fc.constantFrom('\n', '\r\n'),
      before: blank,
      after: blank,
      last: fc.boolean(),
    });
    fc.assert(
      fc.property(list, style, ({ totalChunks, entries }, { end, before, after, last }) => {
        const lines = formatLocalChunks(totalChunks, entries).trimEnd().split('\n');
        const text =
          lines.map((line) => line.replace(',', `,${before}`) + after).join(end) + (last ? end : '');
        const parsed = parseLocalChunks(text, 'local_chunks.txt');
        expect(parsed).toEqual({
          totalChunks,
          entries: entries.map((entry, at) => ({ ...entry, line: at + 1 })),
        });
      }),
    );
  });

  it('throws nothing but a StoreError that names file and line, for any text', () => {
    const anything = fc.oneof(
      fc.string(),
      fc
        .array(fc.oneof(fc.string(), fc.constantFrom('1', '2', ',', '\n', 'LASTCHUNK', '..', '/')))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          const { totalChunks, entries } = parseLocalChunks(text, 'f');
          for (const { index, name } of entries) {
            expect(index >= 1 && index <= totalChunks && name !== '' && name !== '..').toBe(true);
            expect(name).not.toMatch(/[/\\\0]/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
          expect((error as Error).message).toMatch(/^f:\d+: ./);
        }
      }),
    );
  });

  it.each([
    ['', 'f:1: no LASTCHUNK line; end the file with <total number of chunks>,LASTCHUNK'],
    ['1,chunk_1\n', 'f:2: no LASTCHUNK line; end the file with <total number of chunks>,LASTCHUNK'],
    [
      'one,chunk_1\n2,LASTCHUNK',
      'f:1: "one" is not a chunk number; write <number>,<file name>, for example 1,chunk_1',
    ],
    [
      '1.5,chunk_1\n2,LASTCHUNK',
      'f:1: "1.5" is not a chunk number; write <number>,<file name>, for example 1,chunk_1',
    ],
    ['0,chunk_0\n2,LASTCHUNK', 'f:1: chunk 0; chunks are numbered from 1'],
    ['1\n2,LASTCHUNK', 'f:1: chunk 1 has no file name; write 1,chunk_1'],
    [
      '1,chunk_1\n3,chunk_3\n2,LASTCHUNK',
      'f:2: chunk 3 is above the total of 2; correct it or the last line',
    ],
    ['1,a\n1,b\n2,LASTCHUNK', 'f:2: chunk 1 is listed again (first on line 1); remove one of the two lines'],
    ['2,LASTCHUNK\n2,LASTCHUNK', 'f:2: a second LASTCHUNK line; keep only the one with the right total'],
    [
      '2,LASTCHUNK\n1,chunk_1',
      'f:2: a line after LASTCHUNK; move it above that line, which must be the last',
    ],
    ['0,LASTCHUNK', 'f:1: the total is 0; a file has at least one chunk'],
    ['99999999999,LASTCHUNK', 'f:1: the total is above 10000000; use larger chunks'],
    [
      '1,../x\n2,LASTCHUNK',
      'f:1: "../x" leaves the folder; put the file into the folder and write its name only',
    ],
    [
      '1,..\n2,LASTCHUNK',
      'f:1: ".." leaves the folder; put the file into the folder and write its name only',
    ],
    [
      '1,/etc/x\n2,LASTCHUNK',
      'f:1: "/etc/x" leaves the folder; put the file into the folder and write its name only',
    ],
    [
      '1,C:x\n2,LASTCHUNK',
      'f:1: "C:x" leaves the folder; put the file into the folder and write its name only',
    ],
    [
      '1,a\\b\n2,LASTCHUNK',
      'f:1: "a\\b" leaves the folder; put the file into the folder and write its name only',
    ],
    ['1,a\0b\n2,LASTCHUNK', 'f:1: the file name of chunk 1 contains a control character'],
    [
      '1,local_chunks.txt\n2,LASTCHUNK',
      'f:1: "local_chunks.txt" is a name that the programs need for themselves; rename the file to chunk_1',
    ],
    [
      '1,chunk_2\n2,LASTCHUNK',
      'f:1: "chunk_2" is listed as chunk 1, but a chunk 2 that arrives would replace it; rename it to chunk_1',
    ],
  ])('refuses %j and says where, why and what to do', (text, message) => {
    expect(() => parseLocalChunks(text, 'f')).toThrow(new StoreError(message));
  });
});

describe('formatLocalChunks', () => {
  it('writes LF, no blanks and a final newline', () => {
    expect(formatLocalChunks(3, [{ index: 2, name: 'chunk_2' }])).toBe('2,chunk_2\n3,LASTCHUNK\n');
  });
});
