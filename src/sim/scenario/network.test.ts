import { describe, expect, test } from 'vitest';
import { mistakeLines, mistakesOf, planOf, small } from './fixture.ts';

const withLink = (link: string): string =>
  `${small}peers: { seeder: { holds: all }, g: { count: 30, link: ${link} } }`;
const linksOf = (link: string) =>
  planOf(withLink(link))
    .peers.slice(1)
    .map((peer) => peer.link);

describe('a link', () => {
  test('draws from samples alone, and carries them as jitter', () => {
    const links = linksOf('{ up: { samples: [1MB/s, 2MB/s] }, jitter: { samples: [0ms, 8ms] } }');
    expect(new Set(links.map(({ upBytesPerSec }) => upBytesPerSec))).toEqual(new Set([1e6, 2e6]));
    expect(links[0]!.jitterMs).toEqual({ kind: 'samples', values: [0, 8] });
  });

  test('loses segments, and holds to a window', () => {
    expect(linksOf('{ loss: { probability: 2% }, window: { bytes: 64KiB } }')[0]).toMatchObject({
      loss: { probability: 0.02, segmentBytes: 1460, timeoutMs: 200 },
      window: { bytes: 65_536, slowStart: false },
    });
    expect(
      linksOf(
        '{ loss: { probability: 2%, timeout: 1s, segment: 1KiB }, window: { bytes: 1MiB, slow_start: true } }',
      )[0],
    ).toMatchObject({ loss: { segmentBytes: 1024, timeoutMs: 1000 }, window: { slowStart: true } });
  });

  test('is in slow start as soon as the window has more than it begins with, and no other', () => {
    const windowOf = (window: string) => linksOf(`{ window: ${window} }`)[0]!.window;
    expect(windowOf('{ bytes: 14601B, slow_start: true }')).toEqual({ bytes: 14_601, slowStart: true });
    expect(windowOf('{ bytes: 10KiB, slow_start: false }')).toEqual({ bytes: 10_240, slowStart: false });
  });

  test('changes in order of time, to values that may be drawn', () => {
    const links = linksOf(
      '{ up: 1MB/s, down: 1MB/s, changes: [{ at: 9s, latency: 5ms }, { at: 2s, over: 1s, up: { uniform: { min: 2MB/s, max: 4MB/s } }, down: 9MB/s }] }',
    );
    expect(links[0]!.changes.map(({ atMs }) => atMs)).toEqual([2000, 9000]);
    expect(links[0]!.changes[0]).toMatchObject({ overMs: 1000, downBytesPerSec: 9e6 });
    expect(links[0]!.changes[1]).toEqual({ atMs: 9000, overMs: 0, latencyMs: 5 });
    expect(new Set(links.map(({ changes }) => changes[0]!.upBytesPerSec)).size).toBe(30);
  });

  test('with mistakes is told with place and fix', () => {
    expect(
      [
        '{ up: { samples: [] } }',
        '{ latency: { samples: [70s, 5] } }',
        '{ loss: { timeout: 1s } }',
        '{ loss: { probability: 120% } }',
        '{ window: { bytes: 1 } }',
        '{ window: { bytes: 14600B, slow_start: true } }',
        '{ changes: [{ at: 1s }] }',
        '{ up: 2MB/s, changes: [{ at: 2min, up: 1MB/s }] }',
        '{ down: unlimited, changes: [{ at: 3s, latency: 1ms }, { at: 1s, over: 1s, down: 1MB/s }] }',
        '{ up: 2MB/s, changes: [{ at: 1s, up: 1MB/s }, { at: 1s, up: 3MB/s }] }',
      ].flatMap((link) => mistakeLines(withLink(link))),
    ).toMatchInlineSnapshot(`
      [
        "2:64 peers.g.link.up.samples: is empty; for example [20Mbit/s, 2MB/s]",
        "2:79 peers.g.link.latency.samples.0: 70s is too large; allowed: 0ms to 60s",
        "2:84 peers.g.link.latency.samples.1: 5 has no unit; write 5ms or 5s",
        "2:58 peers.g.link.loss.probability: is missing; write a share such as 50%, 12.5%",
        "2:79 peers.g.link.loss.probability: 120% is too large; allowed: 0% to 100%",
        "2:75 peers.g.link.window.bytes: 1 has no unit; write 1MiB or 1MB",
        "2:95 peers.g.link.window.slow_start: has no effect: a connection begins with 10 segments (14600 bytes), and bytes allows no more; raise bytes above 14600B, or remove slow_start",
        "2:68 peers.g.link.changes.0: changes nothing; add up, down or latency",
        "2:69 peers.g.link.changes: the change at 2 min 00 s would come after the end of the run at 1 min 00 s; raise time_limit, or change earlier",
        "2:131 peers.g.link.changes.1.down: down changes at 1 s, but link.down is unlimited before; give link.down an initial rate",
        "2:69 peers.g.link.changes: two changes of up begin at 1 s; keep one",
      ]
    `);
  });
});

describe('regions', () => {
  test('share a capacity on the way to each other, in both directions unless both are given', () => {
    const regionsOf = (capacity: string) =>
      planOf(
        `${small}regions: { delays: { europe: { asia: 90ms } }, capacity: ${capacity} }\n` +
          'peers: { seeder: { holds: all, region: europe }, g: { region: asia } }',
      ).regions?.capacityBytesPerSec;
    expect(regionsOf('{ asia: { europe: 8Mbit/s } }')).toEqual([
      [null, 1e6],
      [1e6, null],
    ]);
    expect(regionsOf('{ asia: { europe: 8Mbit/s }, europe: { asia: 16Mbit/s } }')).toEqual([
      [null, 2e6],
      [1e6, null],
    ]);
    const strange =
      'regions: { delays: { europe: { asia: 90ms } }, capacity: { europe: { aisa: 1Mbit/s } } }';
    expect(
      mistakesOf(
        `${small}${strange}\npeers: { seeder: { holds: all, region: europe }, g: { region: asia } }`,
      ),
    ).toContain('regions.capacity.europe.aisa: there is no region "aisa"; did you mean "asia"?');
  });

  const groups = 'peers: { seeder: { holds: all, region: europe }, g: { region: asia } }';

  test('give the plan the delays between the places where peers are', () => {
    const table =
      'regions: { delays: { europe: { asia: 90ms, moon: 1.3s }, asia: { europe: 95ms, asia: 4ms } } }';
    const { regions, peers } = planOf(`${small}${table}\n${groups}`);
    expect(regions).toEqual({
      names: ['europe', 'asia'],
      delayMs: [
        [0, 90],
        [95, 4],
      ],
    });
    expect(peers.map(({ link }) => link.region)).toEqual(['europe', 'asia']);
    const oneWay = planOf(`${small}regions: { delays: { asia: { europe: 7ms } } }\n${groups}`).regions;
    expect(oneWay!.delayMs).toEqual([
      [0, 7],
      [7, 0],
    ]);
  });

  test('come ready-made, half of the published round trips each way', () => {
    const { regions } = planOf(
      `${small}regions: { preset: cloud }\npeers: { seeder: { holds: all, region: tokyo }, g: { region: london } }`,
    );
    expect(regions).toEqual({
      names: ['tokyo', 'london'],
      delayMs: [
        [1.1, 121.25],
        [121.25, 1.1],
      ],
    });
  });

  test('with mistakes are told with place and fix', () => {
    expect(
      [
        groups,
        `regions: { preset: cloud }\npeers: { seeder: { holds: all, region: londn } }`,
        `regions: { preset: cloud }\npeers: { seeder: { holds: all } }`,
        `regions: { preset: clouds }\npeers: { seeder: { holds: all } }`,
        `regions: { delays: { europe: { europe: 2ms }, asia: { moon: 1s } } }\n${groups}`,
        `regions: { preset: cloud, delays: { a: { b: 1ms } } }\npeers: { seeder: { holds: all, region: tokyo } }`,
        `regions: { preset: cloud }\npeers: { tokyo: { holds: all, region: tokyo } }`,
      ].flatMap((text) => mistakeLines(`${small}${text}`)),
    ).toMatchInlineSnapshot(`
      [
        "2:40 peers.seeder.region: there is no table of delays with "europe"; add regions, for example regions: { preset: cloud }",
        "2:63 peers.g.region: there is no table of delays with "asia"; add regions, for example regions: { preset: cloud }",
        "3:40 peers.seeder.region: there is no region "londn"; did you mean "london"?",
        "2:1 regions: no group has a region; give groups a region, or remove regions",
        "2:20 regions.preset: "clouds" is not known here; did you mean "cloud"?",
        "2:12 regions.delays: has no delay between asia and europe; add europe: { asia: … }",
        "2:1 regions: preset and delays exclude each other; keep one",
        "3:10 peers.tokyo: "tokyo" names both a group and a region, location or profile; rename one of them; both mean tokyo",
      ]
    `);
  });
});
