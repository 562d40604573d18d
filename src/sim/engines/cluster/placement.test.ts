import { describe, expect, it } from 'vitest';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { unlimitedLink, type Plan, type PlannedFault, type PlannedLink } from '../../plan/plan.ts';
import type { HostInfo } from './host-link.ts';
import { placeOn } from './placement.ts';

const hosts = (...cores: number[]): { info: HostInfo }[] =>
  cores.map((count, at) => ({ info: { name: `h${at + 1}`, address: `10.0.0.${at + 1}`, cores: count } }));

const swarm = (count: number, link: (at: number) => Partial<PlannedLink> = () => ({})): Plan['peers'] =>
  Array.from({ length: count }, (_, at) =>
    plannedPeer(`p${at + 1}`, { link: { ...unlimitedLink, ...link(at) } }),
  );

const planWith = (peers: Plan['peers'], changes: Partial<Plan> = {}): Plan => planOf(peers, changes);

const placedBy = (placement: Plan['engine']['placement'], plan: Plan, ...cores: number[]) =>
  placeOn(
    { ...plan, engine: { ...plan.engine, ...(placement !== undefined && { placement }) } },
    hosts(...cores),
  ).map(({ host, peers }) => [host.info.name, ...peers]);

const cut = (...sides: string[][]): PlannedFault => ({
  name: 'cut',
  when: { kind: 'time', atMs: 0 },
  forMs: null,
  again: null,
  effect: { kind: 'partition', sides, oneWay: false },
});

const places = {
  names: ['east', 'west'],
  delayMs: [
    [0, 40],
    [40, 0],
  ],
};
const alternating = (at: number): Partial<PlannedLink> => ({ region: places.names[at % 2]! });

describe('the peers of a cluster', () => {
  it('are spread, peer after peer, unless something else is asked for; a host without peers is left out', () => {
    expect(placedBy(undefined, planWith(swarm(5)), 1, 1)).toEqual([
      ['h1', 0, 2, 4],
      ['h2', 1, 3],
    ]);
    expect(placedBy('spread', planWith(swarm(2)), 1, 1, 1)).toEqual([
      ['h1', 0],
      ['h2', 1],
    ]);
  });

  it('fill one host after another when they are packed, as far as its cores go, and are spread beyond', () => {
    expect(placedBy('pack', planWith(swarm(40)), 1, 4).map((one) => one.length - 1)).toEqual([32, 8]);
    expect(placedBy('pack', planWith(swarm(70)), 1, 1).map((one) => one.length - 1)).toEqual([35, 35]);
  });

  it('live with their region where each region has a host', () => {
    const plan = planWith(swarm(4, alternating), { regions: places });
    expect(placedBy('region', plan, 1, 1, 1)).toEqual([
      ['h1', 0, 2],
      ['h2', 1, 3],
    ]);
    expect(() => placedBy('region', plan, 1)).toThrow(
      'needs a host for each of 2 regions, and there is 1 host',
    );
    expect(() => placedBy('region', planWith(swarm(2)), 1)).toThrow('and p1 has none');
  });

  it('may not share a host when others have to tell their links apart', () => {
    const plan = planWith(swarm(4, alternating), { regions: places });
    expect(() => placedBy('spread', plan, 1)).toThrow('p1 and p2 would both live on host h1');
    expect(placedBy('spread', plan, 1, 1)).toEqual([
      ['h1', 0, 2],
      ['h2', 1, 3],
    ]);
    const lopsided = planWith(
      swarm(6, (at) => ({ region: places.names[at === 0 ? 0 : 1]! })),
      { regions: places },
    );
    expect(placedBy('spread', lopsided, 1, 1, 1)).toEqual([
      ['h1', 0],
      ['h2', 1, 3, 5],
      ['h3', 2, 4],
    ]);
  });

  it('may not share a host when a partition parts them, and the tracker lives on its own side', () => {
    const faulty = (...sides: string[][]): Plan => planWith(swarm(4), { faults: [cut(...sides)] });
    expect(() => placedBy('spread', faulty(['p1'], ['p3']), 1, 1)).toThrow(
      'fault cut parts p1 from p3, and both would live on host h1',
    );
    expect(placedBy('spread', faulty(['p1'], ['p3']), 1, 1, 1)).toEqual([
      ['h2', 1, 3],
      ['h1', 0],
      ['h3', 2],
    ]);
    expect(placedBy('spread', faulty(['p1', 'p3'], ['p2', 'p4', 'tracker']), 1, 1)).toEqual([
      ['h2', 1, 3],
      ['h1', 0, 2],
    ]);
    expect(() => placedBy('spread', faulty(['p1', 'p3'], ['p2', 'p4']), 1, 1)).toThrow(
      'add the tracker to a side of the fault',
    );
  });
});
