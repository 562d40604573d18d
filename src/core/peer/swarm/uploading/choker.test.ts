import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../random.ts';
import { chooseUnchoked } from './choker.ts';
import { titForTat } from '../upload-policies/tit-for-tat.ts';
import { uploadPolicies, uploadPolicyNames } from '../upload-policies/upload-policies.ts';
import type { ChokeCandidate } from '../upload-policies/upload-policy.ts';

function candidates(...rates: number[]): ChokeCandidate[] {
  return rates.map((receivedBytesPerSec, id) => ({
    id,
    interested: true,
    unchoked: false,
    optimistic: false,
    receivedBytesPerSec,
    sentBytes: 1000 - receivedBytesPerSec,
    resting: false,
  }));
}

describe('chooseUnchoked', () => {
  it('never unchokes more than the slots, nor anybody who is not interested, and never leaves a slot empty', () => {
    const candidate = fc.record({
      interested: fc.boolean(),
      unchoked: fc.boolean(),
      optimistic: fc.boolean(),
      receivedBytesPerSec: fc.nat(1000),
      sentBytes: fc.nat(1000),
      resting: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.nat(10),
        fc.string(),
        fc.constantFrom(...uploadPolicyNames),
        (drawn, slots, seeding, round, seed, policy) => {
          const situation = { slots, seeding, round };
          const all = drawn.map((fields, id) => ({ ...fields, id }));
          const { unchoked, optimistic } = chooseUnchoked(
            uploadPolicies[policy],
            all,
            situation,
            seededRandom(seed),
          );
          const wanting = all.filter(({ interested }) => interested).length;
          expect(unchoked.size).toBe(Math.min(slots, wanting));
          for (const id of unchoked) expect(all[id]?.interested).toBe(true);
          if (optimistic !== undefined) expect(unchoked.has(optimistic)).toBe(true);
        },
      ),
    );
  });

  it('a leecher serves those who send it most, and one other by chance', () => {
    const others = new Set<number>();
    for (let seed = 0; seed < 100; seed++) {
      const situation = { slots: 3, seeding: false, round: 0 };
      const { unchoked, optimistic } = chooseUnchoked(
        titForTat,
        candidates(50, 10, 40, 0, 0),
        situation,
        seededRandom(String(seed)),
      );
      expect(unchoked).toContain(0);
      expect(unchoked).toContain(2);
      others.add(optimistic!);
    }
    expect(others).toEqual(new Set([1, 3, 4]));
  });

  it('the optimistic one stays for three rounds, then another gets its chance', () => {
    const all = candidates(50, 0, 0, 0).map((candidate) => ({
      ...candidate,
      optimistic: candidate.id === 2,
    }));
    const choose = (round: number) =>
      chooseUnchoked(titForTat, all, { slots: 2, seeding: false, round }, seededRandom('s'));
    expect(choose(1).optimistic).toBe(2);
    expect(choose(2).optimistic).toBe(2);
    expect(choose(3).optimistic).not.toBe(2);
  });

  it('a seeder serves those who got least', () => {
    const { unchoked } = chooseUnchoked(
      titForTat,
      candidates(0, 100, 200, 300),
      { slots: 2, seeding: true, round: 0 },
      seededRandom('s'),
    );
    expect(unchoked).toEqual(new Set([2, 3]));
  });

  it('by least-served a leecher, too, serves those who got least, whatever they send', () => {
    const { unchoked, optimistic } = chooseUnchoked(
      uploadPolicies['least-served'],
      candidates(0, 100, 200, 300).map((candidate) => ({ ...candidate, sentBytes: candidate.id })),
      { slots: 2, seeding: false, round: 0 },
      seededRandom('s'),
    );
    expect(unchoked).toEqual(new Set([0, 1]));
    expect(optimistic).toBeUndefined();
  });

  it('a seeder moves one slot a round from who got most to who got least, and none to who got as much', () => {
    const all = candidates(300, 200, 100, 0).map((candidate) => ({
      ...candidate,
      unchoked: candidate.id >= 2,
    }));
    const choose = (among: readonly ChokeCandidate[]) =>
      chooseUnchoked(titForTat, among, { slots: 2, seeding: true, round: 0 }, seededRandom('s')).unchoked;
    // 0 got 700 bytes, 1 got 800, 2 got 900 and 3 got 1000.
    expect(choose(all)).toEqual(new Set([0, 2]));
    expect(choose(all.map((candidate) => ({ ...candidate, sentBytes: 500 })))).toEqual(new Set([2, 3]));
  });

  it('those who rest get the slots that nobody else wants, and only those', () => {
    const all = candidates(0, 100, 200, 300).map((candidate) => ({
      ...candidate,
      resting: candidate.id >= 2,
    }));
    for (const seeding of [true, false]) {
      const choose = (slots: number) =>
        chooseUnchoked(titForTat, all, { slots, seeding, round: 0 }, seededRandom('s')).unchoked;
      expect(choose(2)).toEqual(new Set([0, 1]));
      expect(choose(3).size).toBe(3);
      expect([...choose(3)]).toEqual(expect.arrayContaining([0, 1]));
      expect(choose(4).size).toBe(4);
    }
  });
});
