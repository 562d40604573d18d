import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import {
  at,
  joinedEvent,
  measuredSmallSwarm,
  peerRecord,
  planOf,
  plannedPeer,
  receivedEvent,
  recordOf,
  smallSwarm,
  testEnvironment,
  measure,
} from '../measure/fixture.ts';
import type { RunResult } from '../result/result.ts';
import { renderTerminal } from './terminal.ts';

/** A seeder and many leechers in two groups, none of which completes; one crash that never happened. */
function largeResult(leechers: number): RunResult {
  const names = Array.from({ length: leechers }, (_, i) => `${i % 2 === 0 ? 'fast' : 'slow'}/${i + 1}`);
  const leave = { how: 'crash', from: 'start', afterMs: 9000, keepChunks: true } as const;
  const plan = planOf([
    plannedPeer('seeder', { holds: { kind: 'all' } }),
    ...names.map((name, i) =>
      plannedPeer(name, { sessions: [{ joinMs: i * 10, leave: i === 0 ? leave : null }] }),
    ),
  ]);
  const events: SwarmEvent[] = [
    joinedEvent('seeder', 0, 1, 4),
    ...names.flatMap((name, i) => [
      joinedEvent(name, i * 10, i + 2),
      receivedEvent(name, i * 10 + 5, 1, i === 0 ? at(7777) : i + 1),
    ]),
  ];
  const records = names.map((name) => peerRecord(name, { heldChunksAtEnd: 1, integrity: 'incomplete' }));
  const record = recordOf(events, [peerRecord('seeder'), ...records], { ending: 'stalled' });
  return measure(plan, record, testEnvironment);
}

describe.each([60, 80, 200])('on a terminal of %i columns', (columns) => {
  it('no line is wider, and columns that do not fit are told', () => {
    for (const result of [measuredSmallSwarm().result, largeResult(40)]) {
      const text = renderTerminal(result, { colours: true, columns });
      const widths = text.split('\n').map((line) => stringWidth(line));
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
      expect(text.includes('too narrow for')).toBe(columns < 200);
    }
  });
});

describe('the result on a terminal', () => {
  it('says which draws were limited and who would come too late, a line each', () => {
    const { plan, record } = smallSwarm();
    const notices = ['g: 3 of 40 latencies were limited to 60 s', 'fault x would begin late'];
    const text = renderTerminal(measure({ ...plan, notices }, record, testEnvironment), { colours: false });
    for (const notice of notices) expect(text).toContain(`\n  ! ${notice}\n`);
  });

  it('reads like this', () => {
    expect(renderTerminal(measuredSmallSwarm().result, { colours: false })).toMatchInlineSnapshot(`
      "PASS  fixture: 3 of 3 peers complete, 3 intact
        Do the figures add up?
        seed seed-1 · threads engine · 3 peers · 4 chunks, 3.91 KiB · ready in 40 ms, ran 4 s

        makespan                   3.5 s       first completion             3 s
        lower bound               2.67 s       median completion         3.25 s
        efficiency                76.2 %       95 % completion           3.48 s
        whole-chunk bound              –       last completion            3.5 s
        client-server bound       5.33 s       seeder load          1.13 × file
        goodput              18.3 kbit/s       fairness                    0.80
        throughput           19.4 kbit/s       waste              5.9 % (500 B)
        uplinks in use            69.4 %       tracker requests          3.00/s
        overhead                   5.3 %       tracker traffic        800 bit/s
        The lower bound is set by the uplink of those who hold the only copies. Without latency and
        protocol bytes; a peer counts as present from its first join to the end.

        goodput         ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄███████████████▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  over 4 s
        peers complete  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅█  3 of 3

      group    complete  fastest  median    95 %  slowest      sent  received
      ───────────────────────────────────────────────────────────────────────
      seeder     1 of 1        –       –       –        –  4.39 KiB       0 B
      leecher    2 of 2      3 s  3.25 s  3.48 s    3.5 s  3.91 KiB  8.30 KiB

      peer       protocol  joined     took  chunks      sent  received  ratio  uplink  content
      ────────────────────────────────────────────────────────────────────────────────────────
      seeder     swarm       0 ms  had all   4 → 4  4.39 KiB       0 B      –  85.7 %  intact
      leecher/1  swarm       0 ms      3 s   0 → 4  2.93 KiB  3.91 KiB   0.75  85.7 %  intact
      leecher/2  swarm       0 ms    3.5 s   0 → 4    1000 B  4.39 KiB   0.22  28.6 %  intact

      from ↓ to →  leecher/1  leecher/2       sum
      ───────────────────────────────────────────
      seeder        2.93 KiB     1000 B  3.91 KiB
      leecher/1                2.93 KiB  2.93 KiB
      leecher/2       1000 B               1000 B
      sum           3.91 KiB   3.91 KiB  7.81 KiB

      injected  target   planned  happened  what it hit
      ───────────────────────────────────────────────────────────────────────
      link      seeder         –         –  4.88 KiB paced up; 1000 B delayed
      link      leecher        –         –  5.86 KiB paced up; 1000 B delayed
      "
    `);
  });

  it('begins with verdict, reasons and doubts', () => {
    const { plan, record } = smallSwarm();
    const host = { ...record.host, cpuShare: 0.99 };
    const result = measure(plan, { ...record, host, ending: 'interrupted' }, testEnvironment);
    const lines = renderTerminal(result, { colours: false }).split('\n');
    expect(lines[0]).toBe('INCONCLUSIVE (doubtful)  fixture: 3 of 3 peers complete, 3 intact');
    expect(lines[1]).toBe('  ✗ The run was interrupted.');
    expect(lines[2]).toContain('! The run used 99 % of all cores it may use');
  });

  it('shows each expectation beside what was measured, also on a busy machine', () => {
    const { plan, record } = smallSwarm();
    const threshold = (metric: string, comparison: '<' | '>', value: number) => ({
      text: `${metric} ${comparison} ${value}`,
      metric,
      comparison,
      value,
    });
    const expected = [
      threshold('makespan', '<', 9000),
      threshold('efficiency', '>', 0.8),
      threshold('seeder.waste', '<', 1),
    ];
    const host = { ...record.host, cpuShare: 0.99 };
    const variant = { arm: 'picker=random', parameters: {}, repeat: 2 };
    const result = measure({ ...plan, expect: expected, variant }, { ...record, host }, testEnvironment);
    const text = renderTerminal(result, { colours: false });
    expect(text.split('\n\n').slice(0, 2).join('\n\n')).toMatchInlineSnapshot(`
      "FAIL (doubtful)  fixture: 3 of 3 peers complete, 3 intact; 1 of 3 thresholds hold
        ✗ Expected efficiency > 0.8, measured 76.2 %.
        ✗ Expected seeder.waste < 1: the run has no data for it.
        ! The run used 99 % of all cores it may use (above 90 %): the processor, not the scenario, may
          have set the speed.
        ! What helps: let fewer peers run, limit the rates of the links, use --engine virtual, or take a
          quieter or larger machine.
        Do the figures add up?
        arm picker=random, repeat 2 · seed seed-1 · threads engine · 3 peers · 4 chunks, 3.91 KiB · ready
        in 40 ms, ran 4 s

      expected          measured  outcome
      ────────────────────────────────────────────────────────────────────
      makespan < 9000      3.5 s  pass
      efficiency > 0.8    76.2 %  fail
      seeder.waste < 1         –  inconclusive: the run has no data for it"
    `);
  });

  it('says that injections without effect prove nothing', () => {
    const { plan, record } = smallSwarm();
    const quiet = record.peers.map((peer) => ({ ...peer, shaping: { ...peer.shaping, bytesPacedUp: 0 } }));
    const text = renderTerminal(measure(plan, { ...record, peers: quiet }, testEnvironment), {
      colours: false,
    });
    expect(text).toContain('! 2 of 4 injections hit nothing, so they prove nothing.');
  });

  it('stays within 100 columns and a few screens with many peers, and says what it leaves out', () => {
    const text = renderTerminal(largeResult(200), { colours: false });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text.split('\n').length).toBeLessThan(110);
    expect(text).toContain('… 185 more peers in peers.csv');
    expect(text).toContain('… 190 more pairs in result.json');
    expect(text).toContain('NOTHING: did not happen: the run was over before');
  });

  it('shows the flows of many peers by group, with clients from outside', () => {
    const text = renderTerminal(largeResult(20), { colours: false });
    expect(text.slice(text.indexOf('from ↓'), text.indexOf('\n\nfrom '))).toMatchInlineSnapshot(`""`);
  });

  it('has colours only when asked', () => {
    const escape = String.fromCharCode(27);
    const codes = new RegExp(`${escape}\\[\\d+m`, 'g');
    for (const result of [measuredSmallSwarm().result, largeResult(3), largeResult(200)]) {
      const plain = renderTerminal(result, { colours: false });
      const coloured = renderTerminal(result, { colours: true });
      expect(plain).not.toContain(escape);
      expect(coloured.replaceAll(codes, '')).toBe(plain);
    }
    expect(renderTerminal(measuredSmallSwarm().result, { colours: true })).toContain(`${escape}[32mPASS`);
  });
});
