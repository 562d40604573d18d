import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const { signal } = new AbortController();

test('what needs the machine at once has it only where nothing goes on and nobody waits for it', async () => {
  const turns = new Turns();
  const end = await turns.take('virtual', signal);
  expect(turns.takeNow()).toBeUndefined();
  const waiting = turns.take('threads', signal);
  end();
  expect(turns.takeNow()).toBeUndefined();
  (await waiting)();
  const endOwn = turns.takeNow();
  expect(endOwn).toBeTypeOf('function');
  const next = turns.take('virtual', signal);
  expect(turns.takeNow()).toBeUndefined();
  endOwn!();
  await expect(next).resolves.toBeTypeOf('function');
});

test('runs in virtual time go side by side; one in real time waits for them, and then they for it', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const take = async (engine: 'virtual' | 'threads', name: string) => {
    const end = await turns.take(engine, signal);
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

test('one in real time is asked for while others go on, and none of those begins before it', async () => {
  const turns = new Turns();
  const end = await turns.take('virtual', signal);
  expect(turns.mayAsk('threads')).toBe(true);
  const real = turns.take('threads', signal);
  expect([turns.mayAsk('virtual'), turns.mayAsk('threads')]).toEqual([false, false]);
  end();
  (await real)();
  expect([turns.mayAsk('virtual'), turns.mayAsk('threads')]).toEqual([true, true]);
});

test('who waits for a turn goes away with the signal, and keeps nobody else', async () => {
  const turns = new Turns();
  const leaving = new AbortController();
  const end = turns.takeNow();
  const [free, take] = [turns.free('virtual', leaving.signal), turns.take('threads', leaving.signal)];
  leaving.abort(new Error('left'));
  await expect(free).rejects.toThrow('left');
  await expect(take).rejects.toThrow('left');
  end!();
  expect(turns.mayAsk('virtual')).toBe(true);
});
