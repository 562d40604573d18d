import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Serving } from '../neighbours/neighbour.ts';
import { bringForward, nextRequest } from './next-request.ts';

function requests(...indices: number[]): Serving[] {
  return indices.map((index) => ({ index, offset: 0, begun: false, passed: 0, chunkBytes: 1 }));
}

/** Serves a queue to its end, or so many requests. Returns the chunks in the order in which they are served. */
function serve(
  serving: Serving[],
  copies: (index: number) => number,
  { most = Infinity, anyOrder = true } = {},
): number[] {
  const served: number[] = [];
  while (serving.length > 0 && served.length < most) {
    bringForward(serving, nextRequest({ serving, anyOrder }, copies));
    served.push(serving.shift()!.index);
  }
  return served;
}

describe('of the requests of one neighbour', () => {
  it('the chunk with the fewest copies is served first, and the oldest of those with as many', () => {
    const copies = [9, 3, 1, 3, 1];
    expect(serve(requests(0, 1, 2, 3, 4), (index) => copies[index]!)).toEqual([2, 4, 1, 3, 0]);
  });

  it('all are served in their order to who has not said that it does not mind, as other programs may rely on', () => {
    expect(serve(requests(3, 1, 2), (index) => index, { anyOrder: false })).toEqual([3, 1, 2]);
  });

  it('what is being sent is finished before a rarer one', () => {
    const serving = requests(7, 8);
    serving[0]!.begun = true;
    expect(nextRequest({ serving, anyOrder: true }, (index) => (index === 7 ? 9 : 0))).toBe(0);
  });

  it('none is passed by more than eight later ones, however rare what is asked for meanwhile', () => {
    const serving = requests(0, 1);
    const served: number[] = [];
    for (let index = 2; index < 20; index++) {
      served.push(...serve(serving, (chunk) => (chunk === 0 ? 9 : 0), { most: 1 }));
      serving.push(...requests(index));
    }
    expect(served.indexOf(0)).toBe(8);
  });

  it('each is served once, whatever is rare', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }), (copies) => {
        const indices = copies.map((_, index) => index);
        const served = serve(requests(...indices), (index) => copies[index]!);
        expect(served.toSorted((a, b) => a - b)).toEqual(indices);
      }),
    );
  });
});
