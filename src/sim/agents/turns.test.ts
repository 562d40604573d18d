import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('what needs the machine at once has it only where nothing goes on and nobody waits for it', async () => {
  const turns = new Turns();
  const end = await turns.take('virtual');
  expect(turns.takeNow()).toBeUndefined();
  const waiting = turns.take('threads');
  end();
  expect(turns.takeNow()).toBeUndefined();
  (await waiting)();
  const endOwn = turns.takeNow();
  expect(endOwn).toBeTypeOf('function');
  const next = turns.take('virtual');
  expect(turns.takeNow()).toBeUndefined();
  endOwn!();
  await expect(next).resolves.toBeTypeOf('function');
});

test('runs in virtual time go side by side; one in real time waits for them, and then they for it', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const take = async (engine: 'virtual' | 'threads', name: string) => {
    const end = await turns.take(engine);
    order.push(name);
    return end;
  };
  const first = await take('virtual', 'a');
  const second = await take('virtual', 'b');
  const real = take('threads', 'real');
  const later = take('virtual', 'c');
  first();
  second();
  const endReal = await real;
  expect(order).toEqual(['a', 'b', 'real']);
  endReal();
  (await later)();
  expect(order).toEqual(['a', 'b', 'real', 'c']);
});
