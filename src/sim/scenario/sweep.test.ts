import { describe, expect, test } from 'vitest';
import { mistakeLines, parse, planOf, small } from './fixture.ts';
import { parseScenario } from './parse.ts';

const peers = 'peers: { seeder: { holds: all }, leechers: { count: 2 } }\n';
const armsOf = (sweep: string): string[] =>
  parse(`${small}${peers}sweep: ${sweep}`).experiment.arms.map(({ name }) => name);

describe('a sweep', () => {
  test('is every value with every other, the last changing fastest', () => {
    expect(
      armsOf('{ product: { defaults.policy.picker: [random, sequential], peers.leechers.count: [2, 4] } }'),
    ).toEqual([
      'picker=random, count=2',
      'picker=random, count=4',
      'picker=sequential, count=2',
      'picker=sequential, count=4',
    ]);
  });

  test('is values together, and with each of these every one of a product', () => {
    const zip = 'zip: { peers.leechers.count: [2, 4], defaults.link.up: [1MB/s, 2MB/s] }';
    expect(armsOf(`{ ${zip} }`)).toEqual(['count=2, up=1MB/s', 'count=4, up=2MB/s']);
    expect(armsOf(`{ ${zip}, product: { time_limit: [7s, 8s] } }`)).toEqual([
      'count=2, up=1MB/s, time_limit=7s',
      'count=2, up=1MB/s, time_limit=8s',
      'count=4, up=2MB/s, time_limit=7s',
      'count=4, up=2MB/s, time_limit=8s',
    ]);
  });

  test('takes linear and geometric ranges in the unit of their ends', () => {
    expect(
      armsOf('{ product: { peers.leechers.count: { from: 1, to: 32, steps: 6, scale: geometric } } }'),
    ).toEqual([1, 2, 4, 8, 16, 32].map((count) => `count=${count}`));
    expect(armsOf('{ product: { defaults.link.latency: { from: 10ms, to: 30 ms, steps: 3 } } }')).toEqual([
      'latency=10ms',
      'latency=20ms',
      'latency=30ms',
    ]);
    expect(
      armsOf(
        '{ product: { defaults.link.up: { from: 1Mbit/s, to: 10Mbit/s, steps: 3, scale: geometric } } }',
      )[1],
    ).toBe('up=3.16228Mbit/s');
  });

  test('tells paths apart that end alike, and takes maps', () => {
    const text = `${small}peers: { seeder: { holds: all }, a: { }, b: { } }
sweep: { zip: { peers.a.link.up: [1MB/s], peers.b.link.up: [2MB/s], peers.b.arrival: [{ at: 1s }] } }`;
    expect(parse(text).experiment.arms[0]!.parameters).toEqual({
      'a.link.up': '1MB/s',
      'b.link.up': '2MB/s',
      arrival: '{"at":"1s"}',
    });
  });

  test('names no arm for a variable that only judges it, if the arms can be told apart without', () => {
    const sweep = (product: string, variables: string) =>
      parse(`${small}peers: { a: { holds: all }, b: { count: 1 } }
variables: ${variables}
expect: ["makespan < \${most}"]
sweep: { zip: { ${product}, variables.most: [1s, 2s] } }`).experiment.arms;
    const arms = sweep('peers.b.count: [1, 2]', '{ most: 1s }');
    expect(arms.map(({ name }) => name)).toEqual(['count=1', 'count=2']);
    expect(arms[1]!.parameters).toEqual({ count: 2, most: '2s' });
    expect(arms[1]!.sets).toEqual(['peers.b.count=2', 'variables.most="2s"']);
    const alike = sweep('peers.b.count: [1, 1]', '{ most: 1s }');
    expect(alike.map(({ name }) => name)).toEqual(['count=1, most=1s', 'count=1, most=2s']);
  });

  test('repeats a number of times, or until a figure is known well enough', () => {
    const repeatOf = (repeat: string) => parse(`${small}${peers}repeat: ${repeat}`).experiment.repeat;
    expect(repeatOf('4')).toEqual({ least: 4, most: 4, until: null });
    expect(repeatOf('{ until: 5%, at_most: 20 }')).toEqual({
      least: 3,
      most: 20,
      until: { metric: 'makespan', share: 0.05 },
    });
    const mistakes = (repeat: string) => mistakeLines(`${small}${peers}repeat: ${repeat}`);
    expect([
      ...mistakes('{ until: 5% }'),
      ...mistakes('{ until: 5, at_most: 20 }'),
      ...mistakes('{ until: 5%, at_most: 2 }'),
      ...mistakes('{ until: 5%, at_most: 9, metric: makspan }'),
      ...mistakes('0'),
    ]).toMatchInlineSnapshot(`
      [
        "3:1 repeat.at_most: is missing; for example 20",
        "3:18 repeat.until: 5 has no unit; write 5%",
        "3:31 repeat.at_most: is below at_least, 3; allowed: 3 to 10000",
        "3:42 repeat.metric: "makspan" is not a metric; did you mean "makespan"?",
        "3:9 repeat: 0 is too small; allowed: 1 to 10000",
      ]
    `);
  });

  test('gives arms that can be loaded with their settings', () => {
    const text = `${small}${peers}sweep: { product: { peers.leechers.count: [2, 9] } }\nrepeat: 5\nbaseline: { description: other }`;
    const { repeat, arms, baseline } = parse(text).experiment;
    expect(repeat).toEqual({ least: 5, most: 5, until: null });
    const loaded = parseScenario(text, 'swarm.yaml', { sets: arms[1]!.sets, withoutArms: true });
    expect(loaded.groups[1]!.count).toBe(9);
    expect(loaded.experiment).toEqual({
      repeat: { least: 1, most: 1, until: null },
      arms: [],
      baseline: null,
    });
    expect(baseline).toMatchObject({
      name: 'baseline',
      parameters: { description: 'other' },
      sets: ['description="other"'],
    });
  });

  test('with mistakes is told with place and fix, be they in one of its values', () => {
    const sweep = (text: string): string => `${small}${peers}sweep: ${text}`;
    expect(
      [
        '{ }',
        '{ product: { defaults.policy.picker: [random, sequentiel] } }',
        '{ product: { peers.leecher.count: [1, 2] } }',
        '{ product: { peers.leechers.cuont: [1, 2] } }',
        '{ product: { peers.leechers.count: [1, 2, 1] } }',
        '{ product: { peers.leechers.count: { from: 1, to: 3, steps: 5 } } }',
        '{ product: { defaults.link.up: { from: 1MB/s, to: 3kB/s, steps: 5 } } }',
        '{ product: { defaults.link.up: { from: 0MB/s, to: 3MB/s, steps: 5, scale: geometric } } }',
        '{ product: { defaults.link.up: { from: slow, to: 3MB/s, steps: 5 } } }',
        '{ zip: { peers.leechers.count: [1, 2], time_limit: [1s, 2s, 3s] } }',
        '{ zip: { peers.leechers.count: [1, 2, 1], time_limit: [7s, 7s, 7s] } }',
        '{ zip: { time_limit: [1s] }, product: { time_limit: [2s] } }',
        '{ product: { tracker.peers_per_answer: { from: 1, to: 100, steps: 100 }, peers.leechers.count: { from: 1, to: 11, steps: 11 } } }',
        '{ product: { peers.seeder.holds: [none] } }',
        '{ product: { repeat: [1, 2] } }',
        '{ product: { seed: [1, 2] } }',
        '{ product: { time_limit: 3 } }',
        '{ product: { "": [1] } }',
        '{ product: { peers..count: [1], a=b: [1] } }',
      ].flatMap((text) => mistakeLines(sweep(text))),
    ).toMatchInlineSnapshot(`
      [
        "3:1 sweep: sweeps over nothing; add product or zip with paths and their values",
        "3:54 sweep.product.defaults.policy.picker.1: defaults.policy.picker: "sequentiel" is not known here; did you mean "sequential"?",
        "3:43 sweep.product.peers.leecher.count.0: peers.leecher.count: there is no group "leecher"; did you mean "leechers"?",
        "3:46 sweep.product.peers.leecher.count.1: peers.leecher.count: there is no group "leecher"; did you mean "leechers"?",
        "3:44 sweep.product.peers.leechers.cuont.0: peers.leechers.cuont: unknown key; did you mean "count"?",
        "3:47 sweep.product.peers.leechers.cuont.1: peers.leechers.cuont: unknown key; did you mean "count"?",
        "3:50 sweep.product.peers.leechers.count.2: 1 occurs twice; keep one of them",
        "3:21 sweep.product.peers.leechers.count: 2 occurs twice; keep one of them",
        "3:21 sweep.product.peers.leechers.count: 3 occurs twice; keep one of them",
        "3:58 sweep.product.defaults.link.up.to: has a unit other than that of from, 1MB/s; write both in one unit",
        "3:82 sweep.product.defaults.link.up.scale: scale: geometric needs both ends above 0; use scale: linear",
        "3:47 sweep.product.defaults.link.up.from: is not a number with or without a unit; use a list for other values",
        "3:10 sweep.zip: has lists of 2 and 3 values; make them equally long",
        "3:46 sweep.zip.peers.leechers.count.2: 1 with 7s occurs twice; keep one of them",
        "3:17 sweep.zip.time_limit: is also in product; keep one of the two",
        "3:1 sweep: makes 1100 arms; allowed: up to 1000",
        "3:1 sweep: with holds=none, peers: no peer holds chunks 1-4 at the start; let a group hold all, or the missing chunks",
        "3:21 sweep.product.repeat: repeat applies to the whole experiment; set other keys in its arms",
        "3:21 sweep.product.seed: seed applies to the whole experiment; use repeat: N, whose runs have derived seeds, the same in every arm",
        "3:33 sweep.product.time_limit: 3 is not understood; for example [1, 4, 16] or { from: 1, to: 16, steps: 3 }",
        "3:21 sweep.product.: "" is not a path; write a path as for --set, for example peers.leechers.count",
        "3:21 sweep.product.peers..count: is not a path; write a path as for --set, for example peers.leechers.count",
        "3:40 sweep.product.a=b: is not a path; write a path as for --set, for example peers.leechers.count",
      ]
    `);
    expect(
      mistakeLines(`${small}${peers}baseline: { defaults.policy.picker: rarest, seed: 3, "": 1 }\nrepeat: 0`),
    ).toEqual([
      '3:54 baseline.: "" is not a path; write a path as for --set, for example peers.leechers.count',
      '4:9 repeat: 0 is too small; allowed: 1 to 10000',
    ]);
    expect(mistakeLines(`${small}${peers}baseline: { seed: 3, time_limit: 3s }`)).toEqual([
      '3:13 baseline.seed: seed applies to the whole experiment; use repeat: N, whose runs have derived seeds, the same in every arm',
    ]);
    expect(mistakeLines(`${small}${peers}baseline: { defaults.policy.picker: rarest }`)).toEqual([
      '3:37 baseline.defaults.policy.picker: defaults.policy.picker: "rarest" is not known here; known: rarest-first, random, sequential',
    ]);
  });
});

describe('thresholds and conditions of a scenario', () => {
  test('go into the plan in base units', () => {
    const { expect: thresholds, abortOn } =
      parse(`${small}${peers}expect: [leechers.completion.p95 < 30s, waste < 2%]
abort_on: [elapsed > 50s]`);
    expect(thresholds.map(({ metric, value }) => [metric, value])).toEqual([
      ['leechers.completion.p95', 30_000],
      ['waste', 0.02],
    ]);
    expect(abortOn[0]).toMatchObject({ figure: { kind: 'elapsed' }, value: 50_000 });
  });

  test('may be of sets of peers, whom the plan names', () => {
    const text = `${small}regions: { delays: { here: { here: 1ms } } }
peers: { seeder: { holds: all, region: here }, leechers: { count: 3, region: here } }
expect: [(here - seeder).completion.max < 1s, here.integrity == 100%]`;
    const plan = planOf(text);
    expect(plan.expect.map(({ metric }) => metric)).toEqual([
      '(here - seeder).completion.max',
      '(here).integrity',
    ]);
    expect(plan.sets).toEqual({
      'here - seeder': ['leechers/1', 'leechers/2', 'leechers/3'],
      here: ['seeder', 'leechers/1', 'leechers/2', 'leechers/3'],
    });
    expect(mistakeLines(text.replace('here - seeder', 'here - seder'))).toEqual([
      '4:18 expect.0: there is no group, region, location or profile "seder"; did you mean "seeder"?',
    ]);
  });

  test('with mistakes are told with place and fix', () => {
    expect(
      mistakeLines(`${small}${peers}expect: [leecher.completion.max < 1s, "waste < 2s", leechers/3.uploaded > 1MB]
abort_on: [elapsd > 50s, "alive(leechers/9) < 3"]`),
    ).toMatchInlineSnapshot(`
      [
        "3:10 expect.0: "leecher.completion.max" is not a metric; did you mean "leechers.completion.max"?",
        "3:48 expect.1: "2s" is not a plain number; write a share such as 80%, or a plain number such as 0.8",
        "3:53 expect.2: "leechers/3.uploaded" is not a metric; did you mean "leechers/1.uploaded"?",
        "4:12 abort_on.0: "elapsd" is not a figure of a running swarm; did you mean "elapsed"?",
        "4:33 abort_on.1: there is no leechers/9; numbers are 1 to 2",
      ]
    `);
  });
});
