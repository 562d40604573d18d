import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { loadScenario, mistakeLines, mistakesOf, parse, planOf, small } from './fixture.ts';

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
    const folder = folderOfTest('extends-');
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
      expect.stringContaining('d.yaml:1:4 : the bracket [ is not closed'),
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
        "2:45 variables.unused: is never used; use it as \${unused}, or remove it",
        "2:71 variables.2x: "2x" cannot be the name of a variable; begin with a letter; then use letters, digits or _, 40 at most",
        "3:45 peers.seeder.link.up: there is no variable "rat"; did you mean "rate"?",
        "3:60 peers.seeder.link.down: 5 has no unit; write 5Mbit/s or 5kB/s",
        "3:80 peers.seeder.link.latency: \${map} is neither text nor a number, so it cannot be part of a text; make it the whole value",
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

  test('give their unit to every number without one, be it written with an exponent', () => {
    const files = { 'rates.csv': 'up\n1e3\n2.5E+3\n3Mbit/s\n' };
    const plan = planOf(scenario('up: { csv: { file: rates.csv, unit: kbit/s } }'), [], files);
    const rates = new Set(plan.peers.slice(1).map(({ link }) => link.upBytesPerSec));
    expect(rates).toEqual(new Set([125_000, 312_500, 375_000]));
  });

  test('may have fields in quotes, with commas, quotes and line breaks in them', () => {
    const quoted = '\uFEFF"host, or ""name""" , rtt\r\n"a, b",10ms\r\n\r\n"c\nd" ,"20ms"\r\n';
    const files = { 'quoted.csv': quoted };
    const asked = (column: string): string =>
      scenario(`latency: { csv: { file: quoted.csv, column: '${column}' } }`);
    const links = planOf(asked('rtt'), [], files).peers.slice(1);
    expect(new Set(links.map(({ link }) => link.latencyMs))).toEqual(new Set([10, 20]));
    expect(mistakeLines(asked('host, or "name"'), [], files)).toEqual([
      expect.stringContaining('quoted.csv:2:1 peers.g.link.latency.csv: "a, b" is not a duration'),
      expect.stringContaining('quoted.csv:4:1 peers.g.link.latency.csv: "c d" is not a duration'),
    ]);
  });

  test('are read where a variable is used, or a setting of a sweep', () => {
    const files = { 'one.csv': '10ms\n', 'wrong.csv': '5Mbit/s\n' };
    const used = (file: string): string =>
      `${small}variables: { lat: { csv: ${file} } }\npeers: { a: { holds: all, link: { latency: "\${lat}" } } }`;
    expect(planOf(used('one.csv'), [], files).peers[0]!.link.latencyMs).toBe(10);
    const wrong = '"Mbit/s" is not a unit of a duration';
    expect(mistakeLines(used('wrong.csv'), [], files)).toEqual([
      expect.stringContaining(`wrong.csv:1:1 peers.a.link.latency.csv: ${wrong}`),
    ]);
    const swept = (file: string): string =>
      `${small}peers: { a: { holds: all } }\nsweep: { product: { peers.a.link.latency: [1ms, { csv: ${file} }] } }`;
    expect(parse(swept('one.csv'), [], files).experiment.arms).toHaveLength(2);
    expect(mistakeLines(swept('wrong.csv'), [], files)).toEqual([
      expect.stringContaining(`wrong.csv:1:1 sweep.product.peers.a.link.latency.1.csv: ${wrong}`),
    ]);
  });

  test('with mistakes are told with place and fix, in the table where it is there', () => {
    const files = {
      'a.csv': 'x,y\n1ms,2\n',
      'b.csv': '10ms\nfast\n-3ms\n70s\n',
      'c.csv': 'x\n',
      'bare.csv': '10ms,1\n20ms,2\n',
      'twice.csv': 'x,x\n1ms,2ms\n',
      'open.csv': 'x,y\n1ms,"2ms\n',
      'after.csv': 'x,y\n"1"ms,2\n',
      'wide.csv': 'x\n1,5\n',
    };
    expect(
      [
        'latency: { csv: none.csv }',
        'latency: { csv: a.csv }',
        'latency: { csv: { file: a.csv, column: z } }',
        'latency: { csv: { file: a.csv, column: y } }',
        'latency: { csv: b.csv }',
        'latency: { csv: c.csv }',
        'latency: { csv: bare.csv }',
        'latency: { csv: { file: bare.csv, column: down } }',
        'latency: { csv: { file: twice.csv, column: x } }',
        'latency: { csv: open.csv }',
        'latency: { csv: after.csv }',
        'latency: { csv: { file: wide.csv, unit: ms } }',
        'latency: { csv: a.csv, normal: { mean: 1ms, sd: 1ms } }',
      ].flatMap((link) => mistakeLines(scenario(link), [], files)),
    ).toMatchInlineSnapshot(`
      [
        "2:74 peers.g.link.latency.csv: none.csv cannot be read: there is no such file; the path is relative to the file that names it",
        "2:74 peers.g.link.latency.csv: a.csv has several columns; add column: one of x, y",
        "2:97 peers.g.link.latency.csv.column: a.csv has no column "z"; known: x, y",
        "a.csv:2:5 peers.g.link.latency.csv: 2 has no unit; write it in the table, or give csv a unit",
        "b.csv:2:1 peers.g.link.latency.csv: "fast" is not a duration; write a duration such as 50ms, 2s, 1.5min",
        "b.csv:3:1 peers.g.link.latency.csv: -3ms is negative; write a duration such as 50ms, 2s, 1.5min",
        "b.csv:4:1 peers.g.link.latency.csv: 70s is too large; allowed: 0ms to 60s",
        "2:74 peers.g.link.latency.csv: c.csv has 0 rows; allowed: 1 to 10000",
        "2:74 peers.g.link.latency.csv: bare.csv has several columns and no row of names; write names in a first row, and add column",
        "2:100 peers.g.link.latency.csv.column: bare.csv has no row of names, so it has no column "down"; write the names in its first row, or remove column",
        "2:101 peers.g.link.latency.csv.column: twice.csv has two columns called "x"; rename one of them",
        "open.csv:2:5 peers.g.link.latency.csv: this quote is not closed; add "",
        "after.csv:2:4 peers.g.link.latency.csv: the field continues after its closing quote; write a comma after the closing quote; double each quote inside a quoted field",
        "wide.csv:2:3 peers.g.link.latency.csv: the row has 2 fields for 1 column; put a field with a comma in quotes",
        "2:58 peers.g.link.latency: normal and csv exclude each other; keep one",
      ]
    `);
  });

  test('that are asked for with a slip are told at the slip', () => {
    const files = { 'ok.csv': 'rate\n5\n' };
    expect(
      [
        'up: { csv: { file: ok.csv, colum: rate, unti: Mbit/s } }',
        'up: { csv: { file: ok.csv, unit: [1] } }',
        'up: { csv: { file: ok.csv, unit: parsecs } }',
        'up: { csv: { file: ok.csv, unit: Mbit } }',
        'up: { csv: { file: ok.csv, column: 1 } }',
        'up: { csv: { column: rate } }',
        'latency: { csv: { file: ok.csv, unit: Mbit/s } }',
      ].flatMap((link) => mistakeLines(scenario(link), [], files)),
    ).toMatchInlineSnapshot(`
      [
        "2:85 peers.g.link.up.csv.colum: unknown key; did you mean "column"?",
        "2:98 peers.g.link.up.csv.unti: unknown key; did you mean "unit"?",
        "2:85 peers.g.link.up.csv.unit: must be text, not a list; for example ms",
        "2:91 peers.g.link.up.csv.unit: "parsecs" is not a unit of a rate; known: bit/s, kbit/s, Mbit/s, Gbit/s, B/s, kB/s … and 8 more",
        "2:91 peers.g.link.up.csv.unit: "Mbit" is not a unit of a rate; did you mean "Mbit/s"?",
        "2:93 peers.g.link.up.csv.column: must be text, not 1; for example latency",
        "2:64 peers.g.link.up.csv.file: is missing; for example latencies.csv",
        "2:96 peers.g.link.latency.csv.unit: "Mbit/s" is not a unit of a duration; known: us, ms, s, min, h",
      ]
    `);
  });

  test('of sessions are refused with everything that is wrong with them, and nothing else', () => {
    const trace = (csv: string): string =>
      `${small}peers: { seeder: { holds: all }, g: { arrival: { trace: { ${csv} } } } }`;
    const files = {
      'slip.csv': 'join,leve\n0s,5s\n',
      'more.csv': 'host,join,leave\na,0s,5s\n',
      'none.csv': 'leave\n5s\n',
      'early.csv': 'join,leave\n5s,1s\n0s,soon\n1s\n',
      'bare.csv': '0s,1s,2s\n',
    };
    const asked = ['csv: slip.csv', 'csv: more.csv', 'csv: none.csv', 'csv: early.csv', 'csv: bare.csv'];
    const wrong = ['csv: { file: early.csv, column: join }', 'csv: nowhere.csv', 'csv: slip.csv, how: crash'];
    expect([...asked, ...wrong].flatMap((csv) => mistakeLines(trace(csv), [], files))).toMatchInlineSnapshot(`
      [
        "slip.csv:1:6 peers.g.arrival.trace.csv: "leve" is not a column of a trace; did you mean "leave"?",
        "more.csv:1:1 peers.g.arrival.trace.csv: "host" is not a column of a trace; known: join, leave",
        "none.csv:1:1 peers.g.arrival.trace.csv: none.csv has no column "join"; name a column "join", with the time at which each peer joins",
        "early.csv:2:4 peers.g.arrival.trace.csv: leave 1s is before join 5s; swap the two",
        "early.csv:3:4 peers.g.arrival.trace.csv: "soon" is not a duration; write a duration such as 50ms, 2s, 1.5min",
        "bare.csv:1:7 peers.g.arrival.trace.csv: the row has 3 fields for 2 columns; put a field with a comma in quotes",
        "2:83 peers.g.arrival.trace.csv.column: has no effect in a trace; remove it: the columns are join and leave",
        "2:64 peers.g.arrival.trace.csv: nowhere.csv cannot be read: there is no such file; the path is relative to the file that names it",
        "2:74 peers.g.arrival.trace.how: unknown key; move it into peers.g.arrival",
      ]
    `);
  });

  test('with very many mistakes tell the first ten and the number of the others', () => {
    const files = { 'bad.csv': Array.from({ length: 40 }, (_, at) => `${at}x\n`).join('') };
    const lines = mistakeLines(scenario('latency: { csv: bad.csv }'), [], files);
    expect(lines).toHaveLength(11);
    expect(lines[0]).toContain('bad.csv:1:1');
    expect(lines[10]).toBe('bad.csv:11:1 peers.g.link.latency.csv: from here on there are 30 more mistakes');
  });
});
