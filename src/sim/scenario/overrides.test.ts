import { describe, expect, test } from 'vitest';
import { mistakeLines, mistakesOf, parse, small } from './fixture.ts';

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
      --set:5:1: content.generate.size.x: content.generate.size has no keys; set content.generate.size as a whole
          5 | content.generate.size.x=3
            | ^
      --set:6:6: seed: the bracket [ is not closed; write ] after its last item
          6 | seed=[1
            |      ^
      --set:7:6: seed: nothing above is marked &x; mark a value above with &x, or write "*x" if it is text
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

  test('without a value removes a key, but not by an empty one', () => {
    const swept = `${text}
sweep: { product: { peers.leechers.count: [1, 2] } }
baseline: { time_limit: 9s }`;
    const off = ['sweep=null', 'baseline=~', 'repeat=1', 'peers.leechers.count=5'];
    expect(parse(swept, off).experiment).toEqual({
      repeat: { least: 1, most: 1, until: null },
      arms: [],
      baseline: null,
    });
    expect(parse(swept, off).groups[1]!.count).toBe(5);
    expect(parse(text, ['sweep=null', 'peers.leechers=null', 'defaults.link.up=null']).groups).toHaveLength(
      1,
    );
    expect(
      mistakeLines(text, ['swep=null', 'peers.leechers.count=', 'content=null', 'peers.late=null']),
    ).toEqual([
      '--set:1:1 swep: unknown key; did you mean "sweep"?',
      '--set:2:1 peers.leechers.count: has no value; for example 12',
      '--set:3:1 content: is missing; for example { generate: { size: 16MiB } } or { folders: [folders/folder1, folders/folder2] }',
      '--set:4:1 peers.late: there is no group "late"; groups: seeder, leechers',
    ]);
  });

  test('may leave a variable of the file without a use', () => {
    const used = `${text.replace('count: 3', 'count: "${n}"')}\nvariables: { n: 4, never: 1 }`;
    expect(mistakeLines(used, ['peers.leechers.count=2'])).toEqual([
      '3:20 variables.never: is never used; use it as ${never}, or remove it',
    ]);
    const swept = used
      .replace(', never: 1', '')
      .concat('\nsweep: { product: { peers.leechers: [{ count: 1 }] } }');
    expect(parse(swept).experiment.arms).toHaveLength(1);
  });

  test('is where its mistakes are told, be they in the value of a variable', () => {
    const used = `${small}variables: { up: 1MB/s, link: { up: "\${up}" }, ms: 4 }
peers: { seeder: { holds: all, link: "\${link}" }, g: { link: { up: "\${up}", latency: "\${ms}ms" } } }`;
    const written = used.replace(', link: { up: "\${up}" }', '').replace(', link: "\${link}"', '');
    expect(mistakeLines(written, ['variables.up=3Mbitt/s'])).toEqual([
      '--set:1:1 peers.g.link.up: "Mbitt/s" is not a unit of a rate; write 3Mbit/s',
    ]);
    expect(mistakeLines(written, ['peers.g.link.up=3Mbitt/s'])).toEqual(
      mistakeLines(written, ['variables.up=3Mbitt/s']),
    );
    expect(mistakeLines(used, ['variables.link.down=5'])).toEqual([
      '--set:1:1 peers.seeder.link.down: 5 has no unit; write 5Mbit/s or 5kB/s',
    ]);
    const swept = `${written}\nsweep: { product: { variables.up: [1MB/s, 3MB] } }`;
    expect(mistakeLines(swept)).toEqual([
      '4:43 sweep.product.variables.up.1: peers.g.link.up: "MB" is not a unit of a rate; write 3Mbit/s or 3MB/s',
    ]);
  });

  test('is refused where the arms of an experiment would replace what it says', () => {
    const swept = `${text}
sweep: { product: { peers.leechers.count: [1, 2] }, zip: { defaults.link: [{ up: 1MB/s }] } }
baseline: { peers.leechers.count: 9, time_limit: 9s }`;
    expect(
      mistakeLines(swept, [
        'peers.leechers.count=5',
        'defaults.link.latency=5ms',
        'time_limit=5s',
        'peers.seeder.count=2',
        'peers.leechers={ link: { up: 1MB/s } }',
        'peers.leechers={ count: 4 }',
        'peers={ leechers: { count: 1 }, seeder: { holds: all } }',
        'defaults={ policy: { picker: random } }',
      ]),
    ).toMatchInlineSnapshot(`
      [
        "--set:1:1 peers.leechers.count: the sweep (swarm.yaml:3:21) and the baseline (swarm.yaml:4:13) would replace this value; change it there, or run without them: --set sweep=null --set baseline=null",
        "--set:2:1 defaults.link.latency: the sweep (swarm.yaml:3:60) would replace this value; change it there, or run without it: --set sweep=null",
        "--set:3:1 time_limit: the baseline (swarm.yaml:4:38) would replace this value; change it there, or run without it: --set baseline=null",
        "--set:6:1 peers.leechers: the sweep (swarm.yaml:3:21) and the baseline (swarm.yaml:4:13) would replace this value; change it there, or run without them: --set sweep=null --set baseline=null",
        "--set:7:1 peers: the sweep (swarm.yaml:3:21) and the baseline (swarm.yaml:4:13) would replace this value; change it there, or run without them: --set sweep=null --set baseline=null",
      ]
    `);
  });
});
