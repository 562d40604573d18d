import { describe, expect, test } from 'vitest';
import { mistakeLines, mistakesOf, parse, small } from '../fixture.ts';

describe('mistakes of YAML are told with place and fix:', () => {
  test('text that is not YAML', () => {
    expect(mistakesOf('seed: 1\nseed: 2\npeers: [1, 2')).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:1: the key "seed" occurs twice in one map, first in line 1; keep one of the two
          2 | seed: 2
            | ^
      swarm.yaml:3:8: the bracket [ is not closed; write ] after its last item
          3 | peers: [1, 2
            |        ^
      "
    `);
    expect(mistakesOf('a: *nothing\nb: &x [*x]\nc: !tag 1\n__proto__: 1')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:4: nothing above is marked &nothing; mark a value above with &nothing, or write "*nothing" if it is text
          1 | a: *nothing
            |    ^
      swarm.yaml:2:8: *x occurs inside the value that it repeats
          2 | b: &x [*x]
            |        ^
      swarm.yaml:3:4: the tag !tag is not allowed here; remove it, or put a text that begins with ! in quotes
          3 | c: !tag 1
            |    ^
      swarm.yaml:4:1: "__proto__" cannot be a key
          4 | __proto__: 1
            | ^
      "
    `);
    expect(mistakesOf('\tseed: 1')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: this line is indented with a tab; indent it with spaces
          1 | 	seed: 1
            | ^
      "
    `);
    expect(mistakesOf('')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: a scenario is a map of keys; begin with content: and peers:
      "
    `);
    expect(mistakesOf('- a\n- b')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: a scenario is a map of keys; begin with content: and peers:
          1 | - a
            | ^
      "
    `);
  });

  test('a variable without quotes inside of braces is one mistake, however much of the text it spoils', () => {
    const quotes = (word: string) => `${word} needs quotes inside { } and [ ]; write "${word}"`;
    const lines = [
      'content: { generate: { size: ${up} } }',
      'peers:',
      '  a: { holds: all }',
      '  b: { count: 2 }',
    ];
    expect(mistakeLines(lines.join('\n'))).toEqual([`1:30 : ${quotes('${up}')}`]);
    expect(mistakeLines('seed: [1, 3${unit}s, ${b}]\nx: { y: ${b} }')).toEqual([
      `1:11 : ${quotes('3${unit}s')}`,
    ]);
    const set = 'peers.a.link={ up: ${n} }';
    expect(mistakeLines(`${small}peers: { a: { holds: all } }`, [set])).toEqual([
      `--set:1:20 peers.a.link: ${quotes('${n}')}`,
    ]);
  });

  test('after a mistake of syntax nothing is told of the rest of the text', () => {
    expect(mistakeLines('seed: 1\nseed: 2\na: b: c\nd: *x\ne: [1,\nf: }')).toEqual([
      '2:1 : the key "seed" occurs twice in one map, first in line 1; keep one of the two',
      '3:4 : a value that has a colon and a space in it needs quotes; write "b: c"',
    ]);
  });

  test('hundreds of peers may share an alias, and only what grows beyond all measure is refused', () => {
    const peers = Array.from({ length: 300 }, (_, at) => `  p${at}: { link: *slow }`).join('\n');
    const text = `${small}defaults: { link: &slow { up: 5Mbit/s } }\npeers:\n  s: { holds: all }\n${peers}`;
    expect(parse(text).groups).toHaveLength(301);
    const doubling = Array.from({ length: 25 }, (_, at) => `v${at + 1}: &v${at + 1} [*v${at}, *v${at}]`);
    expect(mistakeLines(['v0: &v0 [1, 1]', ...doubling].join('\n'))).toEqual([
      '18:18 : with *v16 the aliases repeat more than 1000000 values; repeat less, or use count for equal peers',
    ]);
  });

  test('a second document, at the line where it begins, whatever is in it', () => {
    const second = 'a second YAML document begins here; keep one document in a file';
    expect(mistakeLines(`---\n${small}---\nseed: [bad`)).toEqual([`3:1 : ${second}`]);
    expect(mistakeLines(`${small}...\n---\nseed: 2`)).toEqual([`3:1 : ${second}`]);
    expect(mistakeLines('extends: base.yaml', [], { 'base.yaml': `${small}---\nseed: 2` })).toEqual([
      `base.yaml:2:1 : ${second}`,
    ]);
    expect(parse(`---\n${small}peers: { a: { holds: all } }\n...\n`).groups).toHaveLength(1);
  });

  test('a value that comes by an alias is shown where it is written', () => {
    expect(
      mistakesOf(
        `${small}defaults: { link: &slow { up: 5mbit } }\npeers: { a: { holds: all, link: *slow } }`,
      ),
    ).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:31: peers.a.link.up: "mbit" is not a unit of a rate; write 5Mbit/s
          2 | defaults: { link: &slow { up: 5mbit } }
            |                               ^
      swarm.yaml:2:31: defaults.link.up: "mbit" is not a unit of a rate; write 5Mbit/s
          2 | defaults: { link: &slow { up: 5mbit } }
            |                               ^
      "
    `);
  });
});
