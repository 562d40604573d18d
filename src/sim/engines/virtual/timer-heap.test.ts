import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerHeap, type Timed } from './timer-heap.ts';

const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3000 });

function heapOf(ats: readonly number[]) {
  const items: Timed[] = ats.map((at, sequence) => ({ at, sequence }));
  const heap = new TimerHeap<Timed>();
  for (const item of items) heap.push(item);
  return { heap, items };
}

function emptied(heap: TimerHeap<Timed>): Timed[] {
  const order: Timed[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) order.push(item);
  return order;
}

/** What was set sooner comes first at the same time, as `sort` keeps it. */
function inOrder(items: readonly Timed[]): Timed[] {
  return items.toSorted((a, b) => a.at - b.at);
}

describe('a heap of timers', () => {
  it('gives them back by time, and at one time in the order in which they were set', () => {
    fc.assert(
      fc.property(times, (ats) => {
        const { heap, items } = heapOf(ats);
        expect(heap.length).toBe(items.length);
        expect(heap.first).toBe(inOrder(items)[0]);
        expect(emptied(heap)).toEqual(inOrder(items));
      }),
    );
  });

  it('drops those that are not wanted any more, tells how many, and keeps the order of the others', () => {
    fc.assert(
      fc.property(times, (ats) => {
        const { heap, items } = heapOf(ats);
        const isKept = ({ sequence }: Timed): boolean => sequence % 3 !== 0;
        expect(heap.keep(isKept)).toBe(items.length - items.filter(isKept).length);
        expect(emptied(heap)).toEqual(inOrder(items.filter(isKept)));
      }),
    );
  });
});
