import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Stage, until } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const chunks = new Map([1, 2, 3].map((index) => [index, randomBytes(1000 + index)]));

/** The first three things that a complete client says to the tracker, without the client's name. */
async function conversation(...args: string[]): Promise<string[]> {
  const { port } = await stage.tracker();
  stage.makeFolder('all', 3, chunks);
  stage.client('alice', 'all', port, ...args);
  const own = (): string[] => {
    const lines = stage.logExists() ? stage.log() : [];
    return lines.filter((line) => line.startsWith('alice,')).map((line) => line.split(',')[1]!);
  };
  await until(() => own().filter((word) => word === 'LOCAL_CHUNKS').length === 3);
  return own().slice(0, 3);
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

it('a client that has not been told registers everything before it asks', async () => {
  expect(await conversation()).toEqual(Array(3).fill('LOCAL_CHUNKS'));
});

describe('a client that would rather speak the swarm protocol', () => {
  it('names it, and only it, once the tracker speaks it', async () => {
    const { port } = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    const client = stage.client('alice', 'all', port, '-protocol', 'swarm');
    const [line] = await client.says(/tracker .* answers.*/);
    expect(line).toBe(`tracker localhost:${port} answers, swarm protocol`);
  });

  it('names the classic one where the tracker knows no other', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (text) => {
        const index = /^WHERE_CHUNK,(\d+)$/.exec(text.toString())?.[1];
        if (index !== undefined) socket.write(`CHUNK_LOCATION_UNKNOWN,${index}`);
      });
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    stage.makeFolder('all', 3, chunks);
    const client = stage.client('alice', 'all', port, '-protocol', 'swarm');
    const [line] = await client.says(/tracker .* answers.*/);
    expect(line).toBe(`tracker localhost:${port} answers, spec protocol`);
  });
});
