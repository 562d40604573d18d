import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairFlow, FairLink, settleRates } from './fair-rates.ts';

/** Max-min fair rates by their definition: all grow together, and stand where a link of theirs is full. */
function fillProgressively(flows: readonly FairFlow[]): Map<FairFlow, number> {
  const rates = new Map<FairFlow, number>();
  const growing = new Set(flows);
  const linksOf = ({ up, down, between }: FairFlow): FairLink[] =>
    [up, down, between].filter((link) => link !== undefined);
  while (growing.size > 0) {
    const rooms = new Map<FairLink, number>();
    for (const link of new Set(flows.flatMap(linksOf))) {
      const own = flows.filter((flow) => linksOf(flow).includes(link));
      const used = own.reduce((sum, flow) => sum + (rates.get(flow) ?? 0), 0);
      const count = own.filter((flow) => growing.has(flow)).length;
      if (count > 0) rooms.set(link, (link.capacity - used) / count);
    }
    const least = Math.min(...rooms.values());
    const full = [...rooms].filter(([, room]) => room <= least * (1 + 1e-9)).map(([link]) => link);
    const stopped = [...growing].filter((flow) => linksOf(flow).some((link) => full.includes(link)));
    for (const flow of stopped) growing.delete(flow);
    for (const flow of stopped) rates.set(flow, least);
  }
  return rates;
}

const capacity = fc.constantFrom(1, 2, 3, 5, 10, 10, 40, 125.5);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('join' as const),
      up: fc.nat(5),
      down: fc.nat(5),
      // Two of them lie between regions.
      between: fc.constantFrom(undefined, undefined, 10, 11),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('leave' as const), flow: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('change' as const), link: fc.nat(11), capacity }) },
);

describe('max-min fair rates', () => {
  it('are those of progressive filling, whatever joins, leaves and changes', () => {
    fc.assert(
      fc.property(
        fc.array(capacity, { minLength: 12, maxLength: 12 }),
        fc.array(step, { maxLength: 40 }),
        (capacities, steps) => {
          const links = capacities.map((bytes) => new FairLink(bytes));
          const flows: FairFlow[] = [];
          for (const action of steps) {
            const changed = new Set<FairLink>();
            if (action.act === 'change') {
              const link = links[action.link]!;
              link.capacity = action.capacity;
              changed.add(link);
            } else {
              const flow =
                action.act === 'join'
                  ? // The sixth is a host without a rate.
                    new FairFlow(
                      links[action.up === 5 ? -1 : action.up],
                      action.down === 5 ? undefined : links[5 + action.down],
                      links[action.between ?? -1],
                    )
                  : flows[action.flow];
              if (flow === undefined || (flow.up ?? flow.down ?? flow.between) === undefined) continue;
              if (action.act === 'join') flows.push(flow);
              else flows.splice(action.flow, 1);
              for (const link of [flow.up, flow.down, flow.between]) {
                if (link === undefined) continue;
                changed.add(link);
                if (action.act === 'join') link.flows.add(flow);
                else link.flows.delete(flow);
              }
            }
            settleRates(changed);
            for (const [flow, rate] of fillProgressively(flows)) expect(flow.fairRate).toBeCloseTo(rate, 6);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('touch nobody beyond a link that is not full', () => {
    const ups = Array.from({ length: 100 }, () => new FairLink(10));
    const wide = new FairLink(10_000);
    for (const up of ups) {
      for (const down of [wide, new FairLink(100)]) {
        const flow = new FairFlow(up, down);
        up.flows.add(flow);
        down.flows.add(flow);
      }
    }
    settleRates(ups);
    const newcomer = new FairFlow(ups[0], wide);
    ups[0]!.flows.add(newcomer);
    wide.flows.add(newcomer);
    expect(settleRates([ups[0]!, wide])).toEqual([ups[0]]);
    expect(newcomer.fairRate).toBeCloseTo(10 / 3, 9);
  });
});
