import { describe, expect, it } from 'vitest';
import type { ChunkPart } from '../../core/protocol/messages.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { PartGatherer } from './part-gatherer.ts';

const content = Uint8Array.from({ length: 100 }, (_, at) => at);
const part = (index: number, from: number, to: number): ChunkPart => ({
  type: 'chunk',
  index,
  offset: from,
  chunkBytes: 100,
  body: content.subarray(from, to),
});

function stage() {
  const clock = new VirtualClock();
  const joined: [number, number, number][] = [];
  const onJoined = ({ index, offset, body }: ChunkPart): void => {
    expect(body).toEqual(content.subarray(offset, offset + body.byteLength));
    joined.push([index, offset, offset + body.byteLength]);
  };
  return { clock, joined, gatherer: new PartGatherer({ clock }, { mostBytes: () => 40, onJoined }) };
}

describe('parts that are gathered', () => {
  it('go on when they are enough, and with the end of their chunk', () => {
    const { joined, gatherer } = stage();
    for (const from of [0, 15, 30]) expect(gatherer.take(part(3, from, from + 15))).toBe(true);
    expect(joined).toEqual([[3, 0, 45]]);
    for (const from of [45, 60]) gatherer.take(part(3, from, from + 15));
    gatherer.take(part(3, 75, 100));
    expect(joined).toEqual([
      [3, 0, 45],
      [3, 45, 100],
    ]);
  });

  it('go on before whatever does not follow them', () => {
    const { joined, gatherer } = stage();
    gatherer.take(part(3, 0, 10));
    gatherer.take(part(4, 0, 10));
    gatherer.take(part(4, 20, 30));
    expect(joined).toEqual([
      [3, 0, 10],
      [4, 0, 10],
    ]);
    expect(gatherer.take({ type: 'have', index: 1 })).toBe(false);
    expect(joined.at(-1)).toEqual([4, 20, 30]);
  });

  it('wait for a quarter of a second at most, and no more once they are dropped', () => {
    const { clock, joined, gatherer } = stage();
    gatherer.take(part(3, 0, 10));
    clock.run(249);
    expect(joined).toEqual([]);
    clock.run(250);
    expect(joined).toEqual([[3, 0, 10]]);
    gatherer.take(part(3, 10, 20));
    gatherer.clear();
    clock.run();
    expect(joined).toHaveLength(1);
  });
});
