import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DialTurns } from './dial-turns.ts';

/** What was dialled in which turn of the event loop. */
async function turnsOf(waiting: readonly { readonly who: object; readonly name: string }[]) {
  const dials = new DialTurns();
  const turns: string[][] = [[]];
  for (const { who, name } of waiting) dials.enter(who, () => turns.at(-1)!.push(name));
  while (turns.flat().length < waiting.length) {
    turns.push([]);
    await setImmediate();
  }
  return turns;
}

const dialsOf = (name: string, count: number, who: object = {}) =>
  Array.from({ length: count }, (_, at) => ({ who, name: `${name}${at + 1}` }));

describe('the peers of a thread', () => {
  it('open the first connections at once, and few in each turn of the event loop', async () => {
    const turns = await turnsOf(dialsOf('a', 20));
    expect(turns[0]).toEqual(dialsOf('a', 8).map(({ name }) => name));
    expect(turns.map(({ length }) => length)).toEqual([8, 8, 4]);
    expect(turns.flat()).toEqual(dialsOf('a', 20).map(({ name }) => name));
  });

  it('take turns: who wants one connection does not wait for all of another', async () => {
    const turns = await turnsOf([...dialsOf('a', 20), ...dialsOf('b', 2), ...dialsOf('c', 1)]);
    expect(turns[1]).toEqual(['a9', 'b1', 'c1', 'a10', 'b2', 'a11', 'a12', 'a13']);
  });

  it('may dial at once again when those before are through', async () => {
    const dials = new DialTurns();
    const [one, other] = [{}, {}];
    const done: string[] = [];
    for (const { name } of dialsOf('a', 9)) dials.enter(one, () => done.push(name));
    expect(done).toHaveLength(8);
    await setImmediate();
    expect(done).toHaveLength(9);
    dials.enter(other, () => done.push('b1'));
    expect(done.at(-1)).toBe('b1');
  });

  it('may dial from within a dial', async () => {
    const dials = new DialTurns();
    const who = {};
    let dialled = 0;
    const again = () => {
      if (++dialled < 30) dials.enter(who, again);
    };
    dials.enter(who, again);
    while (dialled < 30) await setImmediate();
    expect(dialled).toBe(30);
  });
});
