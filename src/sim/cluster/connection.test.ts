import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { certificatesIn } from '../../../test/support/certificates.ts';
import { JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import { measureClock } from './clock-offset.ts';
import { readClusterAddress, type ClusterAddress } from './cluster-address.ts';
import { ClusterConnection } from './connection.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  await endAll(ends);
});

async function serverWith(config: string): Promise<TestServer> {
  const server = await startNats(config);
  ends.push(() => server.end());
  return server;
}

async function open(url: string, env: NodeJS.ProcessEnv = {}): Promise<ClusterConnection> {
  const connection = await ClusterConnection.open(readClusterAddress(url, {}, env), {
    name: 'test',
    signal: new AbortController().signal,
  });
  ends.push(() => connection.close());
  return connection;
}

/** An authority, and a certificate of it for a server and for a client, as files. */
function certificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  certificatesIn(folder);
  return folder;
}

describe('credentials', () => {
  test('a token opens a server that asks for it, from the URL or from NATS_TOKEN', async () => {
    const { port } = await serverWith(`${JETSTREAM}\nauthorization { token: secret }`);
    await expect(open(`nats://secret@127.0.0.1:${port}`)).resolves.toBeInstanceOf(ClusterConnection);
    await expect(open(`127.0.0.1:${port}`, { NATS_TOKEN: 'secret' })).resolves.toBeInstanceOf(
      ClusterConnection,
    );
  });

  test('a wrong one, or none, is refused at once, in a line that names where to put it', async () => {
    const { port } = await serverWith(`${JETSTREAM}\nauthorization { token: secret }`);
    const refused = /refuses the credentials .*check NATS_TOKEN/;
    await expect(open(`nats://wrong@127.0.0.1:${port}`)).rejects.toThrow(refused);
    await expect(open(`nats://127.0.0.1:${port}`)).rejects.toThrow(refused);
  });

  test('a user may need a password, and permissions: what the server does not let him do is one error', async () => {
    const { port } = await serverWith(`${JETSTREAM}
      authorization { users = [{ user: lab, password: pw, permissions: {
        publish: ["$JS.API.INFO", "swarm-lab.>"], subscribe: ["swarm-lab.>"] } }] }`);
    const connection = await open(`nats://lab:pw@127.0.0.1:${port}`);
    connection.nats.publish('elsewhere', 'x');
    await new Promise((resolve) => connection.broken.addEventListener('abort', resolve));
    expect((connection.broken.reason as Error).message).toMatch(
      /does not let this user publish to elsewhere/,
    );
    await expect(connection.persist(() => Promise.resolve(1))).rejects.toThrow(/publish to elsewhere/);
  });

  test('a user who may not even ask for JetStream is told so before anything else', async () => {
    const { port } = await serverWith(`${JETSTREAM}
      authorization { users = [{ user: lab, password: pw, permissions: { publish: ["a"] } }] }`);
    await expect(
      open('127.0.0.1:' + String(port), { NATS_USER: 'lab', NATS_PASSWORD: 'pw' }),
    ).rejects.toThrow(/does not let this user (publish|subscribe) to/);
  });

  test('with mTLS, a certificate of the authority opens the server, and nothing else does', async () => {
    const folder = certificates();
    const at = (name: string): string => join(folder, name);
    const { port } = await serverWith(`${JETSTREAM}
      tls { cert_file: "${at('server.pem')}", key_file: "${at('server.key')}", ca_file: "${at('ca.pem')}", verify: true }`);
    const known = { NATS_CA: at('ca.pem'), NATS_CERT: at('client.pem'), NATS_KEY: at('client.key') };
    await expect(open(`tls://localhost:${port}`, known)).resolves.toBeInstanceOf(ClusterConnection);
    await expect(open(`tls://127.0.0.1:${port}`, known)).resolves.toBeInstanceOf(ClusterConnection);
    const anybody = readClusterAddress(`tls://localhost:${port}`, {}, { NATS_CA: at('ca.pem') });
    await expect(
      ClusterConnection.open(anybody, { name: 'test', signal: new AbortController().signal, waitMs: 0 }),
    ).rejects.toThrow(/perhaps it asks for a certificate: --tls-cert/);
    await expect(toldWhileWaiting(anybody)).resolves.toMatch(
      /no NATS server answers .* yet: .*; perhaps it asks for a certificate: --tls-cert and --tls-key$/,
    );
    const unsure = { NATS_CERT: at('client.pem'), NATS_KEY: at('client.key') };
    await expect(open(`tls://localhost:${port}`, unsure)).rejects.toThrow(/check --tls-ca/);
    expect(() => readClusterAddress('tls://a', { tlsCert: 'x' }, {})).toThrow(/belong together/);
  });

  test('a server of another machine that asks for nothing is refused, unless the user insists', () => {
    const read = (options: { insecure?: boolean }, env = {}) =>
      readClusterAddress('nats://lab-1:4222', options, env);
    expect(() => read({})).toThrow(/lab-1:4222 is another machine, and there are no credentials/);
    expect(read({ insecure: true }).credentials.kind).toBe('none');
    expect(read({}, { NATS_TOKEN: 'x' }).servers).toEqual(['lab-1:4222']);
  });

  test('a URL of something else is told with what to write', () => {
    expect(() => readClusterAddress('http://localhost', {}, {})).toThrow(/write nats:\/\/ or tls:\/\//);
    expect(() => readClusterAddress('nats://', {}, {}, '--cluster')).toThrow(
      /--cluster nats:\/\/: is not the URL/,
    );
  });
});

const local = (port: number): ClusterAddress => readClusterAddress(`127.0.0.1:${port}`, {}, {});

/** Tries once. */
function openOnce(port: number): Promise<ClusterConnection> {
  const signal = new AbortController().signal;
  return ClusterConnection.open(local(port), {
    name: 'test',
    signal,
    waitMs: 1,
  });
}

/** What somebody who would wait for ever is told. */
function toldWhileWaiting(address: ClusterAddress): Promise<string> {
  const stopping = new AbortController();
  return new Promise((resolve, reject) => {
    ClusterConnection.open(address, {
      name: 'test',
      signal: stopping.signal,
      waitMs: Infinity,
      onWaiting: (why) => {
        resolve(why);
        stopping.abort();
      },
    }).then((connection) => connection.close().then(() => reject(new Error('it is there'))), reject);
  });
}

/** Greets as a NATS server does, and hangs up when it is greeted. Resolves after so many times. */
async function dyingServer(port: number, times: number): Promise<number> {
  let greeted = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('INFO {"server_id":"x","version":"2.9.10","max_payload":1048576,"headers":true}\r\n');
    socket.once('data', () => {
      socket.destroy();
      if (++greeted === times) server.close();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'close');
  return greeted;
}

describe('a connection', () => {
  test('waits for a server that is not there yet, and says so once', async () => {
    const first = await serverWith(JETSTREAM);
    await first.kill();
    const told: string[] = [];
    const opened = ClusterConnection.open(readClusterAddress(`127.0.0.1:${first.port}`, {}, {}), {
      name: 'test',
      signal: new AbortController().signal,
      waitMs: Infinity,
      onWaiting: (why) => {
        told.push(why);
        void first.restart();
      },
    });
    const connection = await opened;
    ends.push(() => connection.close());
    expect(told).toEqual([expect.stringContaining('connection refused')]);
  });

  test('gives up after the time it was given, with how to start a server', async () => {
    const opened = ClusterConnection.open(readClusterAddress('127.0.0.1:1', {}, {}), {
      name: 'test',
      signal: new AbortController().signal,
      waitMs: 0,
    });
    await expect(opened).rejects.toThrow(
      /no NATS server answers at 127.0.0.1:1: .*start one by nats-server -js/,
    );
  });

  test('needs JetStream, and says how to have it', async () => {
    const { port } = await serverWith('');
    await expect(open(`127.0.0.1:${port}`)).rejects.toThrow(/has no JetStream; start it with -js/);
  });

  test('says so, and gives up in time, where a server takes the connection and then is silent', async () => {
    const server = await serverWith(JETSTREAM);
    server.pause();
    const silent = /no NATS server answers at 127.0.0.1/;
    await expect(openOnce(server.port)).rejects.toThrow(silent);
    await expect(toldWhileWaiting(local(server.port))).resolves.toMatch(silent);
  });

  test('says so, and gives up in time, where JetStream waits for others of its NATS cluster', async () => {
    const { port } = await serverWith(`${JETSTREAM}
      server_name: alone
      cluster { name: lab, listen: "127.0.0.1:-1", routes: ["nats://127.0.0.1:1", "nats://127.0.0.1:2"] }`);
    const silent = /JetStream of the NATS server at 127.0.0.1:\d+ does not answer/;
    await expect(openOnce(port)).rejects.toThrow(silent);
    await expect(toldWhileWaiting(local(port))).resolves.toMatch(silent);
  });

  test('needs a server that takes the messages of a run, and says what to set', async () => {
    const { port } = await serverWith(`${JETSTREAM}\nmax_payload: 65536`);
    await expect(open(`127.0.0.1:${port}`)).rejects.toThrow(
      /takes messages of up to 65536 bytes; set max_payload to 1048576 or more/,
    );
  });

  test('takes a server that is reached again and lost at once for one outage, and what waits goes on after it', async () => {
    const server = await serverWith(JETSTREAM);
    const outages: boolean[] = [];
    const connection = await ClusterConnection.open(readClusterAddress(`127.0.0.1:${server.port}`, {}, {}), {
      name: 'test',
      signal: new AbortController().signal,
      onOutage: (isAway) => outages.push(isAway),
    });
    ends.push(() => connection.close());
    await server.kill();
    const waiting = connection.persist(() => connection.streams.getAccountInfo());
    const greeted = await dyingServer(server.port, 3);
    expect(greeted).toBe(3);
    await server.restart();
    await expect(waiting).resolves.toMatchObject({ memory: 0 });
    expect(outages).toEqual([true, false]);
  });

  test('repeats what must not be lost until a killed server is back, which still has what it acknowledged', async () => {
    const server = await serverWith(JETSTREAM);
    const connection = await open(`127.0.0.1:${server.port}`);
    await connection.streams.streams.add({ name: 'kept', subjects: ['kept.*'] });
    const publish = (id: string) =>
      connection.persist(() => connection.streams.jetstream().publish(`kept.${id}`, id, { msgID: id }));
    await publish('1');
    await server.kill();
    const second = publish('2');
    await server.restart();
    await second;
    const { state } = await connection.persist(() => connection.streams.streams.info('kept'));
    expect(state.messages).toBe(2);
  });

  test.each([
    ['has what it held', 'keep', false],
    ['lacks a stream that is relied on', 'lose', true],
    ['has another stream of that name', 'replace', true],
  ] as const)('is broken by a server that comes back and %s: %s, %s', async (_, store, isBroken) => {
    const server = await serverWith(JETSTREAM);
    const connection = await open(`127.0.0.1:${server.port}`);
    const stream = { name: 'kept', subjects: ['kept.*'] };
    connection.relyOn(await connection.streams.streams.add(stream));
    await server.kill();
    if (store !== 'keep') rmSync(join(server.folder, 'js'), { recursive: true });
    const broken = new Promise((resolve) => connection.broken.addEventListener('abort', resolve));
    await server.restart();
    if (store === 'replace') await (await open(`127.0.0.1:${server.port}`)).streams.streams.add(stream);
    const asked = connection.persist(() => connection.streams.getAccountInfo());
    if (!isBroken) {
      await expect(asked).resolves.toMatchObject({ streams: 1 });
      await connection.persist(() => connection.nats.flush());
      expect(connection.broken.aborted).toBe(false);
      return;
    }
    asked.catch(() => undefined);
    await broken;
    await expect(connection.persist(() => connection.nats.flush())).rejects.toThrow(
      /come back without what it held.*start the agents again, and go on with the experiment by --resume/,
    );
  });

  test('knows how far its clock is from the server’s, and how exactly', async () => {
    const { port } = await serverWith(JETSTREAM);
    const connection = await open(`127.0.0.1:${port}`);
    await connection.streams.streams.add({ name: 'clock', subjects: ['clock'] });
    const { offsetMs, errorMs } = await measureClock(connection, 'clock', 'clock', new Uint8Array());
    expect(errorMs).toBeGreaterThan(0);
    // Both read the clock of one machine, in steps of their own.
    expect(Math.abs(offsetMs)).toBeLessThanOrEqual(errorMs + 1);
  });
});
