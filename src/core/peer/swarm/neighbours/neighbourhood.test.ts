import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimOf, PeerStage } from '../../../../../test/support/peer-stage.ts';
import { ignoring } from '../../../wrapped-transport.ts';
import type { Connection } from '../../../interfaces.ts';
import { Neighbour } from './neighbour.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { bitsIn } from './slot-set.ts';

const connection = { ...ignoring } as unknown as Connection;

function come(neighbourhood: Neighbourhood, id: number): void {
  const place = { id, slot: neighbourhood.takeSlot(), standing: neighbourhood.standing };
  const address = { host: 'localhost', port: id };
  const about = { connection, openedByUs: true, address, name: `n${id}`, totalChunks: 1 };
  neighbourhood.add(new Neighbour(place, { ...about, shown: new Uint8Array(1) }, 0));
}

const flags = ['weChoke', 'theyChoke', 'theyAreInterested', 'wantsNothing'] as const;

describe('the bits by slot tell the same as a walk over all neighbours', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant('come' as const) },
    { weight: 1, arbitrary: fc.record({ go: fc.nat(39) }) },
    {
      weight: 4,
      arbitrary: fc.record({ who: fc.nat(39), flag: fc.constantFrom(...flags), on: fc.boolean() }),
    },
  );

  it('whoever comes, goes and changes, in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const slots = 40;
        const here = new Neighbourhood(slots);
        const gone: Neighbour[] = [];
        const at = (position: number): Neighbour | undefined => [...here.values()][position];
        let id = 0;
        for (const todo of steps) {
          if (todo === 'come') {
            if (here.size < slots) come(here, ++id);
          } else if ('go' in todo) {
            const neighbour = at(todo.go);
            if (neighbour === undefined || !here.remove(neighbour)) continue;
            here.vacate(neighbour);
            gone.push(neighbour);
          } else {
            const neighbour = at(todo.who) ?? gone[0];
            if (neighbour !== undefined) neighbour[todo.flag] = todo.on;
          }
        }
        const { choked, serving, interested, hiding } = here.standing;
        const all = [...here.values()];
        expect(here.where((word) => choked.words[word]!)).toEqual(all.filter(({ weChoke }) => weChoke));
        expect(here.where((word) => serving.words[word]!)).toEqual(all.filter(({ theyChoke }) => !theyChoke));
        expect(here.where((word) => ~interested.words[word]! & ~hiding.words[word]!)).toEqual(
          all.filter(({ theyAreInterested, wantsNothing }) => !theyAreInterested && !wantsNothing),
        );
      }),
    );
  });

  it('bits of a word are counted', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        expect(bitsIn(word)).toBe((word >>> 0).toString(2).replaceAll('0', '').length);
      }),
    );
  });
});

it('a chunk whose content was in dispute for a while leaves a neighbour as useful as it was', () => {
  const stage = new PeerStage({ totalChunks: 3, held: [1] });
  const holder = stage.neighbour('holder', [1, 2]);
  stage.trackerTells([], [{ ...claimOf(1), hash: claimOf(2).hash }]);
  expect(stage.peer.ledger.held.has(1)).toBe(false);
  stage.trackerTells([], [claimOf(1)]);
  expect(stage.peer.ledger.held.has(1)).toBe(true);
  holder.say({ type: 'unchoke' });
  expect(holder.requested).toEqual([2]);
});
