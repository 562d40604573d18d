import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { unusedPort } from '../support/unused-port.ts';
import { Stage, until } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const chunks = new Map([1, 2, 3].map((index) => [index, randomBytes(300_000 + index)]));

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A classic client that has every chunk, sends chunk 1 whole, and of the others half and then nothing. */
async function halfHolder(trackerPort: number): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (request) => {
      const index = Number(/REQUEST_CHUNK,(\d+)/.exec(request.toString())?.[1]);
      const body = chunks.get(index)!;
      if (index === 1) socket.end(body);
      else socket.write(body.subarray(0, body.length / 2));
    });
  });
  const port = await listening(server);
  const toTracker = connect(trackerPort, '127.0.0.1');
  await once(toTracker, 'connect');
  for (const index of chunks.keys()) toTracker.write(`LOCAL_CHUNKS,${index},localhost,${port}\n`);
  return {
    async close() {
      toTracker.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a client killed in mid-transfer', () => {
  it('resumes with what it had, downloads only the rest, and leaves no drafts', async () => {
    const tracker = await stage.tracker();
    const half = await halfHolder(tracker.port);
    const folder = stage.makeFolder('part', 3, new Map());
    const killed = stage.client('alice', 'part', tracker.port);
    await killed.says(/chunk received 1\/3/);
    await until(() => stage.heldIndices('part').length === 1);
    expect(killed.output).not.toContain('complete');
    killed.signal('SIGKILL');
    expect(await killed.ends()).toEqual({ code: null, signal: 'SIGKILL' });
    await half.close();

    stage.makeFolder('all', 3, chunks);
    const seeder = stage.client('bob', 'all', tracker.port);
    await seeder.says(/listening/);
    const resumed = stage.client('alice', 'part', tracker.port, '-exit_when_complete');
    expect(await resumed.ends()).toEqual({ code: 0, signal: null });
    expect(resumed.output).toContain('listening');
    expect(resumed.output).toMatch(/holding 1 of 3 chunks/);
    expect(resumed.output.match(/chunk received/g)).toHaveLength(2);
    expect(stage.hashes('part', 3)).toEqual(stage.hashes('all', 3));
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'chunk_2', 'chunk_3', 'local_chunks.txt']);
  });
});

describe('what the user can mend is told in one line', () => {
  it('a transfer port in use', async () => {
    const squatter = createServer();
    const port = await listening(squatter);
    onTestFinished(() => void squatter.close());
    stage.makeFolder('all', 3, chunks);
    const client = stage.client('alice', 'all', 1, '-transfer_port', String(port));
    expect(await client.ends()).toEqual({ code: 2, signal: null });
    expect(client.output).toMatch(new RegExp(`^client: port ${port} .*in use.*another port$`, 'm'));
    expect(client.output.trim().split('\n')).toHaveLength(1);
  });

  it('a tracker port in use', async () => {
    const { port } = await stage.tracker();
    const second = stage.start('tracker', '-port', String(port));
    expect(await second.ends()).toEqual({ code: 2, signal: null });
    expect(second.output).toMatch(new RegExp(`^tracker: port ${port} .*in use.*another port$`, 'm'));
  });

  it('a folder that is missing', async () => {
    const client = stage.client('alice', 'nowhere', 1);
    expect(await client.ends()).toEqual({ code: 2, signal: null });
    expect(client.output).toMatch(/^client: .*nowhere.*\n$/);
    expect(existsSync(join(stage.folder, 'logs.log'))).toBe(false);
  });

  it('a folder that another client works in', async () => {
    stage.makeFolder('all', 3, chunks);
    const first = stage.client('alice', 'all', 1);
    await first.says(/listening/);
    const second = stage.client('bob', 'all', 1);
    expect(await second.ends()).toEqual({ code: 2, signal: null });
    expect(second.output).toMatch(
      new RegExp(`^client: all is in use by another client \\(process ${first.pid}\\).*\n$`),
    );
    first.signal('SIGKILL');
    await first.ends();
    const third = stage.client('carol', 'all', 1, '-exit_when_complete');
    expect(await third.ends()).toEqual({ code: 0, signal: null });
    expect(readdirSync(join(stage.folder, 'all'))).not.toContain('.client.lock');
  });

  it('a folder without local_chunks.txt', async () => {
    mkdirSync(join(stage.folder, 'bare'));
    const client = stage.client('alice', 'bare', 1);
    expect(await client.ends()).toEqual({ code: 2, signal: null });
    expect(client.output).toMatch(/^client: .*local_chunks\.txt.*\n$/);
    expect(readdirSync(join(stage.folder, 'bare'))).toEqual([]);
  });

  it('a name with a comma', async () => {
    const client = stage.client('a,b', 'all', 1);
    expect(await client.ends()).toEqual({ code: 2, signal: null });
    expect(client.output).toContain('no comma');
  });

  it('a client open to other machines that would be told to find it on their own', async () => {
    stage.makeFolder('all', 3, chunks);
    const open = ['-bind', '0.0.0.0', '-exit_when_complete'];
    const client = stage.client('alice', 'all', 1, ...open);
    expect(await client.ends()).toEqual({ code: 0, signal: null });
    expect(client.output).toMatch(/^client: others .* localhost.*-host.*$/m);
    const named = stage.client('bob', 'all', 1, ...open, '-host', 'example.org');
    expect(await named.ends()).toEqual({ code: 0, signal: null });
    expect(named.output).not.toContain('client: ');
  });

  it('a folder of another file', async () => {
    const { port } = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    const other = stage.makeFolder('other', 7, new Map());
    const seeder = stage.client('bob', 'all', port, '-protocol', 'swarm', '-trusted_tracker');
    await seeder.says(/tracker \S+ answers/);
    const about = /^client: the file of the folder has 7 chunks, .* has 3; .*$/m;
    const trusting = stage.client('alice', 'other', port, '-protocol', 'swarm', '-trusted_tracker');
    expect(await trusting.ends()).toEqual({ code: 2, signal: null });
    expect(trusting.output).toMatch(about);
    expect(trusting.output).not.toMatch(/cannot be reached|remove/);
    expect(existsSync(join(other, 'chunk_1'))).toBe(false);

    // Who has to find out whose tracker it is needs a chunk for that, and is told to remove it.
    const asking = stage.client('alice', 'other', port, '-protocol', 'swarm');
    expect(await asking.ends()).toEqual({ code: 2, signal: null });
    expect(asking.output).toMatch(about);
    for (const index of stage.heldIndices('other')) {
      expect(asking.output).toMatch(new RegExp(`; chunks? .*\\b${index}\\b.* came from there: remove`));
    }
  });

  it('a log that cannot be written', async () => {
    stage.makeFolder('all', 3, chunks);
    const client = stage.client('alice', 'all', 1, '-log', 'nowhere/logs.log');
    expect(await client.ends()).toEqual({ code: 2, signal: null });
    expect(client.output).toMatch(/^client: .*nowhere\/logs\.log.*\n$/);
  });
});

describe.each(['spec', 'swarm'])('a tracker that comes up late (%s protocol)', (protocol) => {
  it('is tried again, told, and found', async () => {
    const port = await unusedPort();
    stage.makeFolder('all', 3, chunks);
    stage.makeFolder('none', 3, new Map());
    const seeder = stage.client('bob', 'all', port, '-protocol', protocol);
    const leecher = stage.client('alice', 'none', port, '-protocol', protocol, '-exit_when_complete');
    const [line] = await leecher.says(/^alice: tracker .*trying again.*$/m);
    expect(line).toContain(`localhost:${port}`);
    expect(line).toContain('npm run tracker');
    await seeder.says(/trying again/);
    await stage.tracker('-port', String(port));
    expect(await leecher.ends()).toEqual({ code: 0, signal: null });
    expect(stage.hashes('none', 3)).toEqual(stage.hashes('all', 3));
  });
});

it('a client whose tracker was killed tells its chunks to the next tracker', async () => {
  const { program, port } = await stage.tracker('-port', String(await unusedPort()));
  stage.makeFolder('all', 3, chunks);
  stage.makeFolder('none', 3, new Map());
  const seeder = stage.client('bob', 'all', port);
  await seeder.says(/tracker .* answers/);
  await program.destroy();
  await seeder.says(/tracker .* cannot be reached .*trying again/);
  await stage.tracker('-port', String(port));
  const leecher = stage.client('alice', 'none', port, '-exit_when_complete');
  expect(await leecher.ends()).toEqual({ code: 0, signal: null });
});

describe('SIGINT', () => {
  it('ends a client in order: 130 before it is complete, 0 after', async () => {
    const tracker = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    stage.makeFolder('none', 4, new Map());
    const seeder = stage.client('bob', 'all', tracker.port);
    const lonely = stage.client('alice', 'none', 1);
    await Promise.all([seeder.says(/listening/), lonely.says(/listening/)]);
    seeder.signal('SIGINT');
    lonely.signal('SIGINT');
    expect(await seeder.ends()).toEqual({ code: 0, signal: null });
    expect(await lonely.ends()).toEqual({ code: 130, signal: null });
    expect(seeder.output).toContain('bob: left, holding 3 of 3 chunks');
    expect(lonely.output).toContain('alice: left, holding 0 of 4 chunks');
  });

  it('twice in one moment, as npm and a terminal send it, is one wish', async () => {
    const tracker = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    const seeder = stage.client('bob', 'all', tracker.port);
    await seeder.says(/listening/);
    seeder.signal('SIGINT');
    seeder.signal('SIGINT');
    expect(await seeder.ends()).toEqual({ code: 0, signal: null });
  });
});

describe('a client told to exit when complete', () => {
  it('leaves once it is, as one that was complete from the start does', async () => {
    const tracker = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    stage.makeFolder('none', 3, new Map());
    stage.client('bob', 'all', tracker.port);
    const leecher = stage.client('alice', 'none', tracker.port, '-exit_when_complete');
    expect(await leecher.ends()).toEqual({ code: 0, signal: null });
    const idle = stage.client('carol', 'none', tracker.port, '-exit_when_complete');
    expect(await idle.ends()).toEqual({ code: 0, signal: null });
  });

  it('serves for so long first', async () => {
    const tracker = await stage.tracker();
    stage.makeFolder('all', 3, chunks);
    const startMs = performance.now();
    const seeder = stage.client('bob', 'all', tracker.port, '-exit_when_complete', '1.5');
    expect(await seeder.ends()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(1500);
  });
});

it('quiet programs say nothing when all goes well', async () => {
  const { port, program } = await stage.tracker();
  stage.makeFolder('all', 3, chunks);
  stage.makeFolder('none', 3, new Map());
  const seeder = stage.client('bob', 'all', port, '-quiet');
  const leecher = stage.client('alice', 'none', port, '-quiet', '-exit_when_complete');
  expect(await leecher.ends()).toEqual({ code: 0, signal: null });
  program.signal('SIGINT');
  expect(await program.ends()).toEqual({ code: 0, signal: null });
  expect(leecher.output).toBe('');
  await seeder.destroy();
});
