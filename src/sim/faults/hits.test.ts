import { describe, expect, it } from 'vitest';
import { describeHits } from './describe.ts';
import { HitBoard } from './hits.ts';

describe('a board of hits', () => {
  it('adds up what several threads count for one occurrence, and keeps occurrences apart', () => {
    const board = new HitBoard(2);
    const elsewhere = new HitBoard(board.buffer);
    board.counter(1)('messagesHeld', 3);
    elsewhere.counter(1)('messagesHeld');
    elsewhere.counter(0)('writesFailed');
    expect(board.counts(1)).toMatchObject({ messagesHeld: 4, writesFailed: 0 });
    expect(board.counts(0)).toMatchObject({ messagesHeld: 0, writesFailed: 1 });
  });

  it('is put into words, and says so when nothing was hit', () => {
    const board = new HitBoard(1);
    const partition = { kind: 'partition', sides: [['a'], ['b']], oneWay: false } as const;
    expect(describeHits(partition, board.counts(0))).toEqual({ hits: 0, effect: 'hit nothing' });
    board.counter(0)('messagesHeld', 2);
    board.counter(0)('connectsHeld', 1);
    expect(describeHits(partition, board.counts(0))).toEqual({
      hits: 3,
      effect: '2 messages held back, 1 attempt to connect held back',
    });
  });

  it('tells a rate that was multiplied by more than one from a lower one', () => {
    const board = new HitBoard(1);
    board.counter(0)('bytesSlowed', 1024);
    const effectOf = (factor: number) =>
      describeHits({ kind: 'slow-down', peers: ['a'], factor }, board.counts(0)).effect;
    expect(effectOf(0.1)).toBe('1 KiB slowed');
    expect(effectOf(1000)).toBe('1 KiB sped up');
  });
});
