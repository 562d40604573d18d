/** Whether the swarm can still complete, with the faults that last to the end of the run. */
import { ChunkSet } from '../../core/chunk-set.ts';
import type { FaultEffect } from '../plan/plan.ts';
import { targetsOf } from './occurrence.ts';

export interface SwarmPeer {
  readonly name: string;
  readonly held: ChunkSet;
}

/** What lasting faults leave of a peer. */
interface Ability {
  gives: boolean;
  takes: boolean;
  /** The side that it is on, of each lasting partition; undefined: on none. */
  readonly sides: (number | undefined)[];
}

/**
 * Whether each of `waitedFor` lacks a chunk that can never reach it: held by nobody alive who gives, or only beyond a
 * partition, over whomever it might be passed on. A peer that is stopped, in a black hole or that rides free gives
 * nothing for good; one whose disk is full takes nothing. Of a corrupter only one that spoils every part counts.
 *
 * @param alive in the swarm, or still to come
 * @param lasting effects that hold and will not end before the run does
 */
export function isHopeless(
  waitedFor: readonly SwarmPeer[],
  alive: readonly SwarmPeer[],
  lasting: readonly FaultEffect[],
): boolean {
  if (waitedFor.length === 0) return false;
  const abilities = abilitiesOf(lasting);
  const islands = makeIslands(alive, abilities);
  spread(islands);
  return waitedFor.every((peer) => {
    const ability = abilities(peer.name);
    if (!ability.takes) return peer.held.missing().length > 0;
    const near = islands.filter(({ sides }) => areTogether(sides, ability.sides));
    return peer.held.missing().some((index) => !near.some(({ offered }) => offered.has(index)));
  });
}

/** Peers that partitions treat alike, taken together. */
interface Island {
  readonly sides: readonly (number | undefined)[];
  /** Chunks that somebody here gives, or will when they have come from elsewhere. */
  readonly offered: ChunkSet;
  /** Somebody here both takes and gives. */
  passesOn: boolean;
}

function abilitiesOf(lasting: readonly FaultEffect[]): (name: string) => Ability {
  const abilities = new Map<string, Ability>();
  const partitions = lasting.filter((effect) => effect.kind === 'partition');
  const abilityOf = (name: string): Ability => {
    let ability = abilities.get(name);
    if (ability === undefined) {
      const sides = partitions.map((partition) => sideOf(partition.sides, name));
      ability = { gives: true, takes: true, sides };
      abilities.set(name, ability);
    }
    return ability;
  };
  for (const effect of lasting) {
    for (const name of targetsOf(effect)) limit(abilityOf(name), effect);
  }
  return abilityOf;
}

function limit(ability: Ability, effect: FaultEffect): void {
  const { kind } = effect;
  const isCutOff = kind === 'pause' || kind === 'black-hole';
  const spoilsAll = kind === 'corrupt' && effect.probability === 1;
  if (isCutOff || spoilsAll || kind === 'free-ride') ability.gives = false;
  if (isCutOff || kind === 'disk-full') ability.takes = false;
}

function sideOf(sides: readonly (readonly string[])[], name: string): number | undefined {
  const at = sides.findIndex((side) => side.includes(name));
  return at === -1 ? undefined : at;
}

function makeIslands(alive: readonly SwarmPeer[], abilityOf: (name: string) => Ability): Island[] {
  const islands = new Map<string, Island>();
  for (const { name, held } of alive) {
    const { gives, takes, sides } = abilityOf(name);
    if (!gives) continue;
    const key = sides.join();
    const island = islands.get(key) ?? {
      sides,
      offered: new ChunkSet(held.totalChunks),
      passesOn: false,
    };
    islands.set(key, island);
    for (const index of held) island.offered.add(index);
    island.passesOn ||= takes;
  }
  return [...islands.values()];
}

function spread(islands: readonly Island[]): void {
  for (let moved = true; moved;) {
    moved = false;
    for (const to of islands) {
      for (const from of islands) {
        if (from === to || !to.passesOn || !areTogether(from.sides, to.sides)) continue;
        for (const index of from.offered) if (to.offered.add(index)) moved = true;
      }
    }
  }
}

/** No partition is between them. */
function areTogether(one: readonly (number | undefined)[], other: readonly (number | undefined)[]): boolean {
  return one.every((side, at) => side === undefined || other[at] === undefined || side === other[at]);
}
