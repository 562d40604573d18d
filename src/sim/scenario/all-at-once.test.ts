import { describe, expect, test } from 'vitest';
import { mistakeLines, small } from './fixture.ts';

describe('mistakes are told all at once', () => {
  test('be they of groups, faults, thresholds, variables, the swarm, links or the arms of an experiment', () => {
    const text = `${small}variables: { unused: 3 }
time_limit: 10s
regions: { delays: { europe: { america: 45ms } } }
peers:
  seeder: { holds: 1-3, region: eurpe }
  leechers: { count: 3, region: america, arrival: { at: 20s } }
  third: { region: europe, link: { changes: [{ at: 1s, up: 2Mbit/s }] } }
faults:
  - { at: 30s, tracker_down: { forgets: true } }
  - { at: 1s, for: 1s, pause: { peers: leechers/9 } }
  - { when: "completed(leechers) >= 7", crash: { peers: seeder } }
sweep:
  product: { peers.leechers.cuont: [1] }
  zip: { defaults.link.up: [1MB/s, 2MB/s], defaults.link.down: [1MB/s] }
baseline: { defaults.policy.picker: rarest }
expect: [leecher.completion.max < 1s]`;
    expect(mistakeLines(text).map((line) => line.split(';')[0])).toMatchInlineSnapshot(`
      [
        "2:14 variables.unused: is never used",
        "5:1 peers: no peer holds chunk 4 at the start",
        "6:33 peers.seeder.region: there is no region "eurpe"",
        "7:42 peers.leechers.arrival: would join after the end of the run at 10 s",
        "8:56 peers.third.link.changes.0.up: up changes at 1 s, but link.up is unlimited before",
        "10:11 faults.0.at: would begin after the end of the run at 10 s",
        "11:40 faults.1.pause.peers: there is no leechers/9",
        "12:13 faults.2.when: can never hold: there are 3 of them",
        "14:37 sweep.product.peers.leechers.cuont.0: peers.leechers.cuont: unknown key",
        "15:3 sweep.zip: has lists of 2 and 1 values",
        "16:37 baseline.defaults.policy.picker: defaults.policy.picker: "rarest" is not known here",
        "17:10 expect.0: "leecher.completion.max" is not a metric",
      ]
    `);
  });

  test('also beside values that cannot be read', () => {
    const text = `${small}tracker: { agreement: none }
defaults: { link: { up: 5 } }
peers:
  seeder: { holds: 1-3, count: 0 }
  leechers: { count: 3, link: { up: fast } }
sweep:
  product:
    peers.leechers.count: 3
    peers.leechers.cuont: [1]
    time_limit: { from: 1, to: 2s, steps: 2 }
    repeat: [2]
    defaults.policy.picker: [rarest]
baseline: { peers.leecher.count: 1, defaults.policy.upload_slots: few }`;
    expect(mistakeLines(text).map((line) => line.split(';')[0])).toMatchInlineSnapshot(`
      [
        "2:23 tracker.agreement: must be a number, not "none"",
        "3:25 defaults.link.up: 5 has no unit",
        "4:1 peers: no peer holds chunk 4 at the start",
        "5:32 peers.seeder.count: 0 is too small",
        "6:37 peers.leechers.link.up: "fast" is not a rate",
        "9:27 sweep.product.peers.leechers.count: 3 is not understood",
        "10:28 sweep.product.peers.leechers.cuont.0: peers.leechers.cuont: unknown key",
        "11:32 sweep.product.time_limit.to: has a unit other than that of from, 1",
        "12:5 sweep.product.repeat: repeat applies to the whole experiment",
        "13:30 sweep.product.defaults.policy.picker.0: defaults.policy.picker: "rarest" is not known here",
        "14:34 baseline.peers.leecher.count: peers.leecher.count: there is no group "leecher"",
        "14:67 baseline.defaults.policy.upload_slots: defaults.policy.upload_slots: must be a number, not "few"",
      ]
    `);
  });

  test('but not as consequences of one another', () => {
    const lines = (peers: string, more = ''): string[] =>
      mistakeLines(`${small}peers: { ${peers} }${more}`).map((line) => line.split(';')[0]!);
    // Who holds what, when that is misspelt, out of range or unknown.
    expect(lines('seeder: { hold: all }')).toEqual(['2:20 peers.seeder.hold: unknown key']);
    expect(lines('seeder: { holds: al }')).toHaveLength(1);
    expect(lines('seeder: { holds: { folder: 1 } }')).toHaveLength(1);
    expect(lines('', '\ndefaults: { holds: al }')).toHaveLength(2);
    // Of arms, what is wrong already without their settings.
    const sweep = '\nsweep: { product: { time_limit: [1s, 2s], peers.g.count: [7, 8] } }';
    expect(lines('seeder: { holds: all }, g: { count: 2, region: moon }', sweep)).toHaveLength(1);
    expect(lines('g: { count: 2 }', sweep)).toEqual(['2:1 peers: no peer holds chunks 1-4 at the start']);
    const fault = '\nfaults: [{ at: 0s, for: 1s, pause: g/9 }]';
    expect(lines('seeder: { holds: all }, g: { count: 2 }', `${fault}${sweep}`)).toEqual([
      '3:36 faults.0.pause: there is no g/9',
    ]);
  });

  test('of a sweep with lists of unlike length or too many arms, in each of its values', () => {
    const text = (sweep: string): string =>
      `${small}peers: { seeder: { holds: all }, g: { count: 2 } }\nsweep: ${sweep}`;
    const many = 'tracker.peers_per_answer: { from: 1, to: 600, steps: 600 }';
    expect(mistakeLines(text(`{ product: { defaults.policy.picker: [random, rarest], ${many} } }`))).toEqual([
      '3:1 sweep: makes 1200 arms; allowed: up to 1000',
      '3:54 sweep.product.defaults.policy.picker.1: defaults.policy.picker: "rarest" is not known here; known: rarest-first, random, sequential',
    ]);
    expect(mistakeLines(text('{ zip: { peers.g.link.up: [1MB/s, 2], peers.g.cuont: [1, 2, 3] } }'))).toEqual([
      '3:10 sweep.zip: has lists of 2 and 3 values; make them equally long',
      '3:42 sweep.zip.peers.g.link.up.1: peers.g.link.up: 2 has no unit; write 2Mbit/s or 2kB/s',
      '3:62 sweep.zip.peers.g.cuont.0: peers.g.cuont: unknown key; did you mean "count"?',
      '3:65 sweep.zip.peers.g.cuont.1: peers.g.cuont: unknown key; did you mean "count"?',
    ]);
  });
});
