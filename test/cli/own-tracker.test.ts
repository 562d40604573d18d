import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, until } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const chunks = new Map([1, 2, 3].map((index) => [index, randomBytes(1000 + index)]));

/** What a complete client says to the tracker until it has announced everything, without the client's name. */
async function conversation(...args: string[]): Promise<string[]> {
  const { port } = await stage.tracker();
  stage.makeFolder('all', 3, chunks);
  stage.client('alice', 'all', port, ...args);
  const own = (): string[] => {
    const lines = stage.logExists() ? stage.log() : [];
    return lines.filter((line) => line.startsWith('alice,')).map((line) => line.split(',')[1]!);
  };
  await until(() => own().filter((word) => word === 'LOCAL_CHUNKS').length === 3);
  return own();
}

describe('a client that has been told that the tracker is of this project', () => {
  it('announces at once instead of finding out whose it is', async () => {
    expect(await conversation('-trusted_tracker')).toEqual(Array(3).fill('LOCAL_CHUNKS'));
  });

  it('speaks the swarm protocol from its first byte, if that is wished', async () => {
    const words = await conversation('-trusted_tracker', '-protocol', 'swarm');
    expect(words).toEqual(Array(3).fill('LOCAL_CHUNKS'));
  });

  it('completes', async () => {
    const { port } = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    stage.makeFolder('none', 3, new Map());
    stage.client('bob', 'all', port, '-trusted_tracker');
    const leecher = stage.client('alice', 'none', port, '-trusted_tracker', '-exit_when_complete');
    expect(await leecher.ends()).toEqual({ code: 0, signal: null });
    expect(stage.hashes('none', 3)).toEqual(stage.hashes('all', 3));
  });
});

it('a client that has not been told asks first, since the answer shows whose tracker it is', async () => {
  expect((await conversation())[0]).toBe('WHERE_CHUNK');
});
