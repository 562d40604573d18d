import { describe, expect, it } from 'vitest';
import { countReordered } from './slow-start-and-order.ts';
import { Rig } from './rig.ts';
import { jitterCase } from './delays.ts';

const have = (connection: number, index: number) => ({ connection, message: { type: 'have', index } });

describe('messages out of order', () => {
  it('are those that come after a later one of their own connection', () => {
    expect(countReordered([have(0, 1), have(1, 2), have(0, 3), have(1, 4)])).toBe(0);
    expect(countReordered([have(0, 3), have(1, 2), have(0, 1), have(0, 5)])).toBe(1);
    expect(countReordered([have(0, 5), have(0, 1), have(0, 2), have(0, 6)])).toBe(2);
  });
});

describe('what a case draws', () => {
  it('is its own in each run and with each seed, and the same again with the same', async () => {
    const first = jitterCase({ kind: 'exponential', mean: 2 }, 1, 'a');
    const reference = async (run: () => Promise<readonly { configured: number }[]>) =>
      (await run())[0]!.configured;
    const drawn = [await reference(() => first.run()), await reference(() => first.run())];
    const other = await reference(() => jitterCase({ kind: 'exponential', mean: 2 }, 1, 'b').run());
    expect(new Set([...drawn, other]).size).toBe(3);
    expect(await reference(() => jitterCase({ kind: 'exponential', mean: 2 }, 1, 'a').run())).toBe(drawn[0]);
  });

  it('decides which segments a link loses', async () => {
    const lostWith = async (seed: string) => {
      const rig = new Rig(seed);
      try {
        const loss = { probability: 0.5, segmentBytes: 100, timeoutMs: 1 };
        const from = rig.end('from', { loss });
        const receiver = await rig.receive(rig.end('to', {}));
        const stream = rig.connect(from, receiver.address);
        for (let index = 1; index <= 64; index++) stream.send({ type: 'have', index });
        await rig.until(() => receiver.messages.length === 64, 20_000);
        return from.control.totals().stalls;
      } finally {
        rig.close();
      }
    };
    const stalls = await Promise.all(['a', 'a', 'b', 'c', 'd', 'e'].map(lostWith));
    expect(stalls[1]).toBe(stalls[0]);
    expect(new Set(stalls).size).toBeGreaterThan(1);
  });
});
