import { describe, expect, test } from 'vitest';
import { mistakesOf, parse, small } from './fixture.ts';

describe('--set', () => {
  const text = `${small}peers: { seeder: { holds: all }, leechers: { count: 3 } }`;

  test('changes and adds keys before validation', () => {
    const { groups, seed, content } = parse(text, [
      'peers.leechers.count=20',
      'peers.leechers.link.latency={ uniform: { min: 1ms, max: 2ms } }',
      'peers.late={ arrival: { at: 1s } }',
      'seed=seven',
      'content.generate.chunk_size=512KiB',
    ]);
    expect(groups.map(({ name, count }) => [name, count])).toEqual([
      ['seeder', 1],
      ['leechers', 20],
      ['late', 1],
    ]);
    expect(groups[1]!.link.latencyMs).toEqual({ kind: 'uniform', min: 1, max: 2 });
    expect(seed).toBe('seven');
    expect(content.totalChunks).toBe(2);
  });

  test('replaces an item of a list', () => {
    const { groups } = parse('content: { folders: [one, nowhere] }', ['content.folders.1=two']);
    expect(groups).toHaveLength(2);
  });

  test('names its own mistakes', () => {
    expect(
      mistakesOf(text, [
        'peers.leecher.count=3',
        'peers.leechers.coutn=4',
        'peers.leechers.link.latency=5',
        'time_limit',
        'content.generate.size.x=3',
        'seed=[1',
        'seed=*x',
        'a.__proto__=1',
        'extends=other.yaml',
      ]),
    ).toMatchInlineSnapshot(`
      "
      --set:1:1: peers.leecher.count: there is no group "leecher"; did you mean "leechers"?
          1 | peers.leecher.count=3
            | ^
      --set:2:1: peers.leechers.coutn: unknown key; did you mean "count"?
          2 | peers.leechers.coutn=4
            | ^
      --set:3:1: peers.leechers.link.latency: 5 has no unit; write 5ms or 5s
          3 | peers.leechers.link.latency=5
            | ^
      --set:4:1: "time_limit" is not path=value; write for example peers.leechers.count=20
          4 | time_limit
            | ^
      --set:5:1: content.generate.size.x: content.generate.size has no keys of its own; set content.generate.size as a whole
          5 | content.generate.size.x=3
            | ^
      --set:6:6: seed: the value is not valid YAML: Flow sequence must end with a ]
          6 | seed=[1
            |      ^
      --set:7:6: seed: the value is not valid YAML: an alias has no meaning here
          7 | seed=*x
            |      ^
      --set:8:1: a.__proto__: this key cannot be set
          8 | a.__proto__=1
            | ^
      --set:9:1: extends: extends is read before anything is set; write a file that extends both
          9 | extends=other.yaml
            | ^
      "
    `);
    expect(mistakesOf('content: { folders: [one, two] }', ['content.folders.5=x', 'peers.peer1.count=2']))
      .toMatchInlineSnapshot(`
      "
      --set:1:1: content.folders.5: content.folders is a list of 2; count its items from 0
          1 | content.folders.5=x
            | ^
      --set:2:1: peers.peer1.count: there is no group "peer1"; use defaults.… for all peers
          2 | peers.peer1.count=2
            | ^
      "
    `);
  });

  test('changes one place of what an alias repeats, and nothing else', () => {
    const { groups } = parse(
      `${small}defaults: { link: &l { up: 1MB/s } }\npeers: { a: { holds: all, link: *l }, b: { link: *l } }`,
      ['peers.a.link.up=2MB/s'],
    );
    expect(groups.map(({ link }) => link.up)).toEqual([
      { kind: 'constant', value: 2e6 },
      { kind: 'constant', value: 1e6 },
    ]);
  });
});
