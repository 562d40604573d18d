import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mistakeLines, mistakesOf, parse, planOf, small } from './fixture.ts';
import { loadScenario } from './load.ts';

const base = `${small}time_limit: 30s
defaults: { link: { up: 1MB/s, latency: { normal: { mean: 9ms, sd: 1ms } } } }
peers: { seeder: { holds: all }, leechers: { count: 3, session: { leave: { after: 1s } } } }
`;

describe('extends and include', () => {
  test('put files over each other, the own one last and --set after it', () => {
    const files = { 'base.yaml': base, 'links/slow.yaml': 'defaults: { link: { up: 2MB/s, down: 3MB/s } }' };
    const text = `extends: base.yaml
include: [links/slow.yaml]
defaults: { link: { latency: { exponential: { mean: 5ms } } } }
peers: { leechers: { count: 2, session: }, late: { arrival: { at: 1s } } }`;
    const { groups, timeLimitMs, name } = parse(text, ['peers.late.count=4'], files);
    expect(groups.map(({ name, count, leave }) => [name, count, leave])).toEqual([
      ['seeder', 1, null],
      ['leechers', 2, null],
      ['late', 4, null],
    ]);
    expect(groups[0]!.link).toMatchObject({
      up: { value: 2e6 },
      down: { value: 3e6 },
      latencyMs: { kind: 'exponential', mean: 5 },
    });
    expect([name, timeLimitMs]).toEqual(['swarm', 30_000]);
  });

  test('tell mistakes in the file in which they stand', () => {
    const files = { 'base.yaml': base.replace('count: 3', 'cuont: 3') };
    expect(mistakesOf('extends: base.yaml\ndefaults: { link: { up: 5 } }\ntime_limit: 1', [], files))
      .toMatchInlineSnapshot(`
      "
      base.yaml:4:46: peers.leechers.cuont: unknown key; did you mean "count"?
          4 | peers: { seeder: { holds: all }, leechers: { cuont: 3, session: { leave: { after: 1s } } } }
            |                                              ^
      swarm.yaml:2:25: defaults.link.up: 5 has no unit; write 5Mbit/s or 5kB/s
          2 | defaults: { link: { up: 5 } }
            |                         ^
      swarm.yaml:3:13: time_limit: 1 has no unit; write 1ms or 1s
          3 | time_limit: 1
            |             ^
      "
    `);
  });

  test('are relative to the file in which they stand, and read once each', () => {
    const folder = mkdtempSync(join(tmpdir(), 'extends-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'base.yaml'), base);
    writeFileSync(join(folder, 'a', 'middle.yaml'), 'extends: ../base.yaml\nseed: 5');
    writeFileSync(join(folder, 'own.yaml'), 'extends: a/middle.yaml\ntime_limit: 5s');
    expect(loadScenario(join(folder, 'own.yaml'))).toMatchObject({
      name: 'own',
      seed: '5',
      timeLimitMs: 5000,
    });
  });

  test('refuse cycles, files that are not there, and what is no map', () => {
    const files = {
      'a.yaml': 'extends: b.yaml',
      'b.yaml': 'include: [a.yaml]',
      'c.yaml': '- 1',
      'd.yaml': 'a: [',
    };
    expect(mistakeLines('extends: a.yaml', [], files)).toEqual([
      'b.yaml:1:11 include.0: swarm.yaml → a.yaml → b.yaml → a.yaml is a cycle; remove one of these references',
    ]);
    expect(mistakeLines('include: [nowhere.yaml, c.yaml, d.yaml]', [], files)).toEqual([
      'c.yaml:1:1 : is not a map of keys; write keys of a scenario',
      expect.stringContaining('d.yaml:1:5 : not valid YAML'),
      '1:11 include.0: nowhere.yaml cannot be read: there is no such file; the path is relative to this file',
    ]);
  });
});

describe('variables', () => {
  test('stand for any value, as a whole or within a text, and for each other', () => {
    const { groups, timeLimitMs, description } = parse(`${small}
description: "\${n} peers for $\${free}"
variables: { n: 4, rate: 8Mbit/s, link: { up: "\${rate}", latency: "\${n}0ms" }, seconds: 1 }
peers: { seeder: { holds: all }, leechers: { count: "\${n}", link: "\${link}" } }
time_limit: \${seconds}0s`);
    expect(groups[1]).toMatchObject({ count: 4, link: { up: { value: 1e6 }, latencyMs: { value: 40 } } });
    expect([timeLimitMs, description]).toEqual([10_000, '4 peers for ${free}']);
  });

  test('are changed by --set, and those of an included file need not be used', () => {
    const files = {
      'base.yaml': `variables: { n: 2, spare: 1 }\n${small}peers: { a: { holds: all, count: "\${n}" } }`,
    };
    expect(parse('extends: base.yaml', ['variables.n=7'], files).groups[0]!.count).toBe(7);
    expect(mistakeLines('extends: base.yaml', ['variables.m=7'], files)).toEqual([
      '--set:1:1 variables.m: there is no variable "m"; variables: n, spare',
    ]);
  });

  test('with mistakes are told with place and fix', () => {
    expect(
      mistakeLines(`${small}variables: { a: "\${b}", b: "\${a}", rate: 5, unused: 1, map: { x: 1 }, 2x: 3 }
peers: { seeder: { holds: all, link: { up: "\${rat}", down: "\${rate}", latency: "\${map}ms" } } }
description: \${a}`),
    ).toMatchInlineSnapshot(`
      [
        "2:28 variables.b: a → b → a is a cycle; remove one of these references",
        "2:45 variables.unused: is never used; write \${unused} where it is meant, or remove it",
        "2:71 variables.2x: "2x" cannot be the name of a variable; use a letter, then letters, digits or _, up to 40",
        "3:45 peers.seeder.link.up: there is no variable "rat"; did you mean "rate"?",
        "3:60 peers.seeder.link.down: 5 has no unit; write 5Mbit/s or 5kB/s",
        "3:80 peers.seeder.link.latency: \${map} is neither text nor a number, and cannot be a part of a text; let it be all of the value",
      ]
    `);
  });
});

test('variables that double at each step are refused before they fill the memory', () => {
  const doubled = Array.from({ length: 40 }, (_, at) => `v${at + 1}: ["\${v${at}}", "\${v${at}}"]`).join(
    ', ',
  );
  const text = `${small}variables: { v0: x, ${doubled} }\ndescription: "\${v40}"\npeers: { a: { holds: all } }`;
  expect(mistakeLines(text).join()).toContain(
    'the variables grow to more than 1000000 characters; repeat less',
  );
});

describe('tables', () => {
  const scenario = (link: string, more = ''): string =>
    `${small}peers: { seeder: { holds: all }, g: { count: 20, link: { ${link} }${more} } }`;

  test('give an empirical distribution, from the only column or a named one, with or without units', () => {
    const files = { 'one.csv': '# measured\n10ms\n20ms\n', 'two.csv': 'host,rtt\nx,30\ny,"40"\n' };
    const latencies = (link: string): unknown =>
      [
        ...new Set(
          planOf(scenario(link), [], files)
            .peers.slice(1)
            .map((peer) => peer.link.latencyMs),
        ),
      ].sort();
    expect(latencies('latency: { csv: one.csv }')).toEqual([10, 20]);
    expect(latencies('latency: { csv: { file: two.csv, column: rtt, unit: ms } }')).toEqual([30, 40]);
  });

  test('give a trace of joins and leaves', () => {
    const files = { 't.csv': 'leave,join\n5,0.5\n,1\n' };
    const text = `${small}peers: { seeder: { holds: all }, g: { arrival: { trace: { csv: { file: t.csv, unit: s } } } } }`;
    expect(
      planOf(text, [], files)
        .peers.slice(1)
        .map(({ sessions }) => sessions),
    ).toEqual([
      [{ joinMs: 500, leave: { how: 'graceful', from: 'start', afterMs: 5000, keepChunks: true } }],
      [{ joinMs: 1000, leave: null }],
    ]);
  });

  test('with mistakes are told with place and fix, in the table where it is there', () => {
    const files = { 'a.csv': 'x,y\n1ms,2\n', 'b.csv': '10ms\nfast\n', 'c.csv': 'x\n', 'd.csv': '70s\n' };
    expect(
      [
        'latency: { csv: none.csv }',
        'latency: { csv: a.csv }',
        'latency: { csv: { file: a.csv, column: z } }',
        'latency: { csv: { file: a.csv, column: y } }',
        'latency: { csv: b.csv }',
        'latency: { csv: c.csv }',
        'latency: { csv: d.csv }',
        'latency: { csv: b.csv, normal: { mean: 1ms, sd: 1ms } }',
      ].flatMap((link) => mistakeLines(scenario(link), [], files)),
    ).toMatchInlineSnapshot(`
      [
        "2:74 peers.g.link.latency.csv: none.csv cannot be read: there is no such file; the path is relative to the file it stands in",
        "2:74 peers.g.link.latency.csv: a.csv has several columns; add column: one of x, y",
        "2:69 peers.g.link.latency.csv: a.csv has no column "z"; known: x, y",
        "a.csv:2:1 peers.g.link.latency.csv: 2 has no unit; write it in the table, or give csv a unit",
        "b.csv:2:1 peers.g.link.latency.csv: "fast" is not a quantity; write a number, with its unit or without",
        "2:74 peers.g.link.latency.csv: c.csv has 0 rows; allowed: 1 to 10000",
        "2:58 peers.g.link.latency.samples.0: 70s is too large; allowed: 0ms to 60s",
        "b.csv:2:1 peers.g.link.latency.csv: "fast" is not a quantity; write a number, with its unit or without",
        "2:58 peers.g.link.latency: normal and csv exclude each other; keep one",
      ]
    `);
  });
});
