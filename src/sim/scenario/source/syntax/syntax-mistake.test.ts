import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { mistakeLines, small } from '../../fixture.ts';
import { readDocument } from '../source-document.ts';

/** Each mistake of a text as `line:column message; remedy`. */
function told(text: string): string[] {
  return readDocument(text, 'swarm.yaml').problems.map(
    ({ line, column, message, suggestion }) => `${line}:${column} ${message}; ${suggestion ?? ''}`,
  );
}

/** What the parser itself says, which nobody should have to read. */
function jargonOf(text: string): string[] {
  return parseDocument(text, { prettyErrors: false }).errors.map(({ message }) => message);
}

type Rows = readonly (readonly [text: string, told: string])[];

const rows: Readonly<Record<string, Rows>> = {
  'tabs in the indentation': [
    ['peers:\n\ta: 1\n', '2:1 this line is indented with a tab; indent it with spaces'],
    ['peers:\n  a:\n  \tcount: 3\n', '3:3 this line is indented with a tab; indent it with spaces'],
    ['peers:\n  a: { x: 1,\n\ty: 2 }\n', '3:1 this line is indented with a tab; indent it with spaces'],
  ],
  'a colon without a space, in a line of its own and in braces': [
    ['seed:1\n', '1:6 a space is missing after the colon; write seed: 1'],
    ['content: 1\nseed:7\npeers: 2\n', '2:6 a space is missing after the colon; write seed: 7'],
    [
      'peers:\n  a:\n    count:3 # all\n    holds: all\n',
      '3:11 a space is missing after the colon; write count: 3',
    ],
    [
      'peers:\n  a:\n    holds: all\n    count:3\n',
      '4:11 a space is missing after the colon; write count: 3',
    ],
    ['faults:\n  - at:5s\n    crash: x\n', '2:8 a space is missing after the colon; write at: 5s'],
    ['link: {up:5Mbit/s, down: 1Mbit/s}\n', '1:11 a space is missing after the colon; write up: 5Mbit/s'],
  ],
  'a decimal comma': [
    [
      'a: { size: 1,5 MB }\n',
      '1:12 1,5 MB has a decimal comma; here a comma begins another key; write 1.5 MB',
    ],
  ],
  'a line without a colon': [
    ['seed 1\npeers: 2\n', '1:1 this line has no key with a colon after it; write key: value'],
    ['seed = 1\npeers: x\n', '1:6 a key is followed by a colon, not by an equals sign; write seed: 1'],
  ],
  'spaces that are none': [
    [
      'seed:\u00a01\npeers: x',
      '1:6 the character after the colon only looks like a space; replace it with a space',
    ],
    [
      'peers:\n\u00a0a: 1\n',
      '2:1 this line begins with a character that only looks like a space; indent it with spaces',
    ],
  ],
  quotes: [
    ['description: "abc\nseed: 1\n', '1:14 the quote " is not closed; write " at the end of the text'],
    ["a: { b: 'x }\nseed: 1\n", "1:9 the quote ' is not closed; write ' at the end of the text"],
    [
      "description: 'it's fine'\n",
      `1:18 the quoted text ends before this; put a text that has ' in it between " and "`,
    ],
    [
      'description: "say "hi" now"\n',
      `1:20 the quoted text ends before this; put a text that has " in it between ' and '`,
    ],
    [
      'folder: "C:\\dir"\n',
      '1:12 \\d is not a valid escape in double quotes; write \\\\d for a backslash, or use single quotes',
    ],
  ],
  brackets: [
    ['peers: [1, 2\nseed: 1\n', '1:8 the bracket [ is not closed; write ] after its last item'],
    [
      'peers: { a: { b: 1 }, c: [ 2 \nseed: 4\n',
      '1:26 the bracket [ is not closed; write ] after its last item',
    ],
    [
      'peers: [1, 2}\n',
      '1:13 the bracket [ is not closed before this }; write ] before it, or instead of it',
    ],
    ['peers: { a: 1 }}\n', '1:16 this } closes nothing; remove it'],
    [
      'peers: {\na: 1\n}\n',
      '2:1 this line is inside the bracket { of line 1, but is indented less; indent everything up to the }',
    ],
    ['a: { b: 1 c: 2 }', '1:11 a comma is missing before c; write a comma between two items'],
    [
      'peers: { a: { x: 1 }\n  b: 2 }\n',
      '2:3 a comma is missing before this; write a comma between two items',
    ],
    ['a: [1,, 2]', '1:7 this comma has nothing before it; remove it'],
    ['a: { b:\n  - x }\n', '2:3 a list with - cannot be inside { } or [ ]; write it as [a, b]'],
    [
      'expect: [a] < 3\n',
      '1:13 the value ends with the bracket ], but the line continues; remove the rest, or put the whole value in quotes',
    ],
  ],
  indentation: [
    [
      'peers:\n    a: 1\n  b: 2\n',
      '3:3 an indentation of 2 spaces matches no line above; indent it by 0 or 4 spaces',
    ],
    [
      'peers:\r\n    a: 1\r\n  b: 2\r\n',
      '3:3 an indentation of 2 spaces matches no line above; indent it by 0 or 4 spaces',
    ],
    [
      'content:\n  generate:\n    size: 1\n\n # so\n   chunk: 2\n',
      '6:4 an indentation of 3 spaces matches no line above; indent it by 0, 2 or 4 spaces',
    ],
    [' seed: 1\npeers: 2\n', '2:1 an indentation of 0 spaces matches no line above; indent it by 1 space'],
    [
      'faults:\n  - at: 1\n   x: 2\n',
      '3:4 an indentation of 3 spaces matches no line above; indent it by 0, 2 or 4 spaces',
    ],
    [
      'seed: 1\n  peers: 2\n',
      '2:3 this line is indented below line 1, which already has a value; indent it by 0 spaces, or remove that value',
    ],
    ['peers:\n  a: 1\n  - b\n', '3:3 there is a list item among keys here; remove the -'],
    [
      'expect:\n  - makespan < 3s\n  waste < 3%\n',
      '3:3 there is a key among list items here; write - before it, or indent it by 4 spaces',
    ],
    [
      'faults: - at: 1\n',
      '1:9 a list with - cannot begin on the line of its key; begin it on the next line, or write [a, b]',
    ],
  ],
  'keys that stand twice': [
    [
      'seed: 1\npeers: 1\nseed: 2\n',
      '3:1 the key "seed" occurs twice in one map, first in line 1; keep one of the two',
    ],
    [
      'peers: { a: 1, a: 2 }',
      '1:16 the key "a" occurs twice in one map, first in line 1; keep one of the two',
    ],
  ],
  'values that need quotes': [
    [
      'description: a swarm: fast\n',
      '1:14 a value that has a colon and a space in it needs quotes; write "a swarm: fast"',
    ],
    [
      'description: note: "x": y # z\n',
      `1:14 a value that has a colon and a space in it needs quotes; write 'note: "x": y'`,
    ],
    ['seed: @x\n', '1:7 a value that begins with @ needs quotes; write "@x"'],
    ['a: { b: @x, c: 1 }', '1:9 a value that begins with @ needs quotes; write "@x"'],
    ['seed: %x\n', '1:7 a value that begins with % needs quotes; write "%x"'],
    ['seed: `x`\n', '1:7 a value that begins with ` needs quotes; write "`x`"'],
    ['seed: * x\n', '1:7 a value that begins with * needs quotes; write "* x"'],
    ['seed: *x\n', '1:7 nothing above is marked &x; mark a value above with &x, or write "*x" if it is text'],
    ['until: >50%\n', '1:8 a value that begins with > needs quotes; write ">50%"'],
    ['seed: |x\n', '1:7 a value that begins with | needs quotes; write "|x"'],
    [
      'seed: !x\n',
      '1:7 the tag !x is not allowed here; remove it, or put a text that begins with ! in quotes',
    ],
    ['a: { b: ${x} }', '1:9 ${x} needs quotes inside { } and [ ]; write "${x}"'],
    ['a: [${x}, 1]', '1:5 ${x} needs quotes inside { } and [ ]; write "${x}"'],
    [
      '%foo: 1\n',
      '1:1 a line that begins with % is an instruction to the parser; remove it, or put the text in quotes',
    ],
    ['a: "x"#c\n', '1:7 a space is missing before the #; write a space before a comment'],
  ],
  'a merge of what is no map': [
    [
      'a: { <<: 1 }',
      '1:6 the key << merges the keys of a map, but this is not a map; write *name, and &name at a map above',
    ],
  ],
};

describe('a mistake of YAML is one plain sentence with place and remedy, without the words of the parser:', () => {
  test.each(Object.entries(rows))('%s', (_kind, kind) => {
    expect(kind.map(([text]) => [text, ...told(text)])).toEqual(kind.map((row) => [...row]));
    for (const [text, sentence] of kind) {
      for (const words of jargonOf(text)) expect(sentence).not.toContain(words);
    }
  });

  test('of a kind that nobody foresaw, the words of the parser stand behind ours', () => {
    expect(told('a: &x &y 1\n')).toEqual([
      '1:7 this is not valid YAML; look at quotes, colons and indentation here ' +
        '(the parser says: A node can have at most one anchor)',
    ]);
  });

  test('the same for a value of --set, at its place in what was typed', () => {
    const sets = ['peers.a.link={ up: @x }', 'seed=[1', 'seed=a: b: c', 'seed=*x'];
    expect(mistakeLines(`${small}peers: { a: { holds: all } }`, sets)).toEqual([
      '--set:1:20 peers.a.link: a value that begins with @ needs quotes; write "@x"',
      '--set:2:6 seed: the bracket [ is not closed; write ] after its last item',
      '--set:3:9 seed: a value that has a colon and a space in it needs quotes; write "b: c"',
      '--set:4:6 seed: nothing above is marked &x; mark a value above with &x, or write "*x" if it is text',
    ]);
  });
});
