import { describe, expect, test } from 'vitest';
import { expand } from '../../expand/expand.ts';
import type { Plan } from '../../plan/plan.ts';
import { eventful, everyPeer, planOf, small } from '../../scenario/fixture.ts';
import { differences } from './differences.ts';
import { planSections } from './plan-sections.ts';
import { renderSection } from './section.ts';

const plan = expand(everyPeer);

function printed(plan: Plan, columns = 200): string {
  const sections = planSections(plan).map((section) => renderSection(section, columns));
  return sections.filter((text) => text !== '').join('\n\n');
}

describe('a plan', () => {
  test('is printed with every drawn value', () => {
    expect(`\n${printed(plan)}`).toMatchInlineSnapshot(`
      "
      content        1 MiB generated from "1/content", 8 chunks of 128 KiB
      tracker        plain edition, agreement of 1, announce every 10 s, silence limit 30 s, 50 peers per answer
      time limit     1 min 00 s
      until          all peers that must complete have; 4 returns may come too late, since the run does not wait for
                     them (until: sessions does)
      engine         threads, one for 2 peers

      peer      holds          protocol  up         down        latency  jitter                 stays                                                       must complete
      ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      seeder    all            swarm     1 Gbit/s   unlimited   20 ms    exponential mean 2 ms  from 0 ms                                                   yes
      some/1-2  chunks 1, 3-5  swarm     unlimited  512 kbit/s  0 ms     -                      from 0 ms, crash at 1.5 s, chunks lost                      yes
                                                                                                from 2.5 s
      spec      none           spec      unlimited  unlimited   0 ms     -                      from 0 ms, leave 1 s after completion                       yes
      back      none           swarm     unlimited  unlimited   0 ms     -                      from 0 ms, leave 1 s after completion, chunks lost          yes
                                                                                                back after 500 ms, leave 1 s after completion, chunks lost
                                                                                                back after 500 ms

      seeder, some, back rarest-first picker, tit-for-tat for 4 upload slots, super-seeding auto, up to 50
                         connections
      spec               requests missing chunks in order"
    `);
  });

  test('is printed with what is done to the swarm and expected of it', () => {
    expect(`\n${printed(expand(eventful))}`).toMatchInlineSnapshot(`
      "
      content        1 MiB generated from "1/content", 8 chunks of 128 KiB
      tracker        plain edition, agreement of 1, announce every 10 s, silence limit 30 s, 50 peers per answer
      time limit     1 min 00 s
      until          all peers that must complete have
      engine         threads, one for each peer as long as the machine carries them

      peer    holds  up         down       latency  region  loss                  window              stays      must complete
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      seeder  all    8 Mbit/s   unlimited  0 ms     here    1% of 1460 B, 200 ms  64 KiB, slow start  from 0 ms  yes
      g/1-4   none   unlimited  16 Mbit/s  0 ms     there   -                     -                   from 0 ms  yes

      seeder, g      rarest-first picker, tit-for-tat for 4 upload slots, super-seeding auto, up to 50 connections

      links of  change
      ──────────────────────────────────────────────────────
      g/1-4     at 2 s over 1 s: down 8 Mbit/s, latency 5 ms
                at 9 s: latency 0 ms

      one way from  to here  to there
      ───────────────────────────────
      here          0 ms     40 ms
      there         40 ms    0 ms

      fault           begins                         lasts       again              effect
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      crash 1         at 1 s                         -           -                  crash g/1-2, back after 3 s, chunks lost
      partition 1     1 s after completed(g) >= 50%  2 s         -                  nothing between seeder, tracker
                                                                                    and g/1-4
      noise           at 1 s                         1 s         2 more, every 5 s  50 ms more latency for g/1-2, g/4
      free-ride 1     at 0 ms                        to the end  -                  free-ride g/2
      tracker-down 1  at 2 s                         to the end  -                  the tracker is down, and forgets
      reset 1         at 2 s                         -           -                  reset 50% of the connections of seeder
      slow-down 1     at 0 ms                        to the end  -                  0.5 times the rates of seeder
      corrupt 1       at 0 ms                        to the end  -                  g/3 damage 5% of the parts they send
      slow-disk 1     at 0 ms                        to the end  -                  disks of g/3 write 800 kbit/s

      expect         (there).completion.p95 < 30s
      abort on       availability < 1"
    `);
  });

  test('shows peers that are alike in one row, under all their names', () => {
    const plan = planOf(
      `${small}peers: { seeder: { holds: all }, machines: { count: 500, link: { up: 1MB/s } } }`,
    );
    const text = printed(plan);
    expect(text).toMatch(/^machines\/1-500 +none +8 Mbit\/s +unlimited/m);
    expect(text).toMatch(/^seeder, machines rarest-first picker/m);
  });

  test.each([40, 60, 80, 200])(
    'breaks no word and leaves nothing out on a terminal of %d columns',
    (columns) => {
      const text = printed(expand(eventful), columns);
      const words = (shown: string): Set<string> => new Set(shown.split(/[\s,;:]+/));
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
      const missing = [...words(printed(expand(eventful)))].filter((word) => !words(text).has(word));
      expect(missing.filter((word) => !/^─+$/.test(word))).toEqual([]);
    },
  );

  test('beside another shows only what is different', () => {
    const swarm = (up: string, count: number, more = '') =>
      planOf(
        `${small}peers: { seeder: { holds: all, link: { up: ${up} } }, g: { count: ${count} } }\n${more}`,
      );
    const differing = differences(
      planSections(swarm('8Mbit/s', 3, 'expect: [waste < 2%]')),
      planSections(swarm('4Mbit/s', 2, 'faults: [{ at: 1s, for: 1s, pause: g/1 }]')),
    );
    expect(`\n${renderSection(differing, 100)}\n`).toMatchInlineSnapshot(`
      "
      what         is different
      ───────────────────────────────────────────────────────────────────────
      seeder       up 8 Mbit/s → 4 Mbit/s
      g/3, expect  not there
      pause 1      added: begins at 1 s, lasts 1 s, again -, effect pause g/1
      "
    `);
    expect(differences(planSections(plan), planSections(plan)).rows).toEqual([]);
  });

  test('says what ends the run, and whether it waits for what is planned later', () => {
    const back = 'session: { leave: { after: 1s }, return: { after: 5s } }';
    const until = (more: string) => {
      const swarm = planOf(`${small}peers: { seeder: { holds: all }, g: { count: 3, ${back} } }\n${more}`);
      const rows = planSections(swarm).flatMap((section) => section.rows);
      return rows.find(({ name }) => name === 'until')?.cells[0];
    };
    expect(until('')).toBe(
      'all peers that must complete have; 3 returns may come too late, since the run does not wait for them (until: sessions does)',
    );
    expect(until('until: sessions')).toBe(
      'all peers that must complete have, and every planned join and return has happened (3 returns)',
    );
  });
});
