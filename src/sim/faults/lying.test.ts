import { describe, expect, it } from 'vitest';
import { FakeConnection } from '../../../test/support/spec-fakes.ts';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { Lying } from './lying.ts';

const CHUNKS = 4;

/** A peer without chunks lies while it is introduced: it shows chunks 1 to 3 of 4. The fault is over then. */
function liar() {
  const held = new ChunkSet(CHUNKS);
  const lying = new Lying({ held: () => held });
  const beneath = new FakeConnection(new VirtualClock(), { host: 'other', port: 1 }, 'swarm');
  const filter = lying.filter(beneath);
  const say = (message: Message): void => {
    const instead = filter.outgoing!(message);
    if (instead !== undefined) beneath.send(instead);
  };
  lying.active.add(1, { effect: { kind: 'lie', peers: ['liar'] }, count: () => undefined });
  say({ type: 'bitfield', bits: held.toBits() });
  lying.active.delete(1);
  return {
    say,
    /** Chunks come to be held, and it shows them. */
    gets: (...indices: number[]): void => {
      for (const index of indices) held.add(index);
      say(indices.length === 1 ? { type: 'have', index: indices[0]! } : { type: 'have-many', indices });
    },
    /** What it has shown by `have` and `have-many`, in order. */
    shown: () =>
      beneath.messages.flatMap((message) => {
        if (message.type === 'have') return [message.index];
        return message.type === 'have-many' ? message.indices : [];
      }),
  };
}

describe('a liar', () => {
  it('shows what it has claimed as soon as it has it: who asked for it too early may ask again', () => {
    const { gets, shown } = liar();
    gets(4);
    gets(2);
    expect(shown()).toEqual([2]);
  });

  it('does not show the only chunk that it has not claimed before it has all others', () => {
    const { gets, say, shown } = liar();
    gets(1, 4);
    expect(shown()).toEqual([1]);
    gets(2);
    gets(3);
    expect(shown().toSorted()).toEqual([1, 2, 3, 4]);
    say({ type: 'keep-alive' });
    expect(shown()).toHaveLength(4);
  });

  it('shows each chunk as it comes while one that it has not claimed is missing', () => {
    const { gets, shown } = liar();
    gets(3);
    gets(1, 2);
    gets(4);
    expect(shown()).toEqual([3, 1, 2, 4]);
  });
});
