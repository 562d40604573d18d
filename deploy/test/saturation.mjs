/**
 * Measures what a nats-server and a coordinator take at most, each alone, on this machine:
 *   node deploy/test/saturation.mjs [<runs>, default 300] [<seconds for the server>, default 10]
 *
 * The server: one client publishes messages as large as a run's result into a stream on disk, and reads and
 * acknowledges them, as fast as it goes. The coordinator: it puts its runs into the queue and is killed, agents do all
 * of them and end, and `--resume` then finds every result in the stream: nobody but the coordinator and the server
 * works. Two runs are measured, too, and taken off, so that the start of a program does not count.
 */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** docs/scale.md has the same scenario. */
const SCENARIO = `
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: { up: 8Mbit/s } }
  leechers: { count: 4, link: { up: 8Mbit/s, latency: 5ms } }
engine: virtual
`;
/** Bytes of a message that carries the result of such a run. */
const RESULT_BYTES = 19_000;
const IN_FLIGHT = 64;
const TICKS_PER_SECOND = 100;

const [runs = 300, serverSeconds = 10] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'saturation-'));
const started = new Set();
const [port, monitor] = [await freePort(), await freePort()];
process.env.NATS_TOKEN = 'token-of-this-measurement';
const url = `nats://127.0.0.1:${port}`;

try {
  writeFileSync(join(folder, 'small.yaml'), SCENARIO);
  const store = ['-js', '-sd', join(folder, 'store'), '--auth', process.env.NATS_TOKEN];
  const server = start('nats-server', ['-a', '127.0.0.1', '-p', `${port}`, '-m', `${monitor}`, ...store]);
  await until(async () => (await ask('varz')).mem > 0);
  await measureServer(server);
  await measureCoordinator();
} finally {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all([...started].map((child) => once(child, 'exit')));
  rmSync(folder, { recursive: true, force: true });
}

async function measureServer(server) {
  const connection = await connect({ servers: url, token: process.env.NATS_TOKEN });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'measured', subjects: ['measured.>'], retention: 'workqueue' });
  await manager.consumers.add('measured', { durable_name: 'reader', ack_policy: 'explicit' });
  const client = jetstream(connection);
  const messages = await (await client.consumers.get('measured', 'reader')).consume({ max_messages: 100 });
  const reading = (async () => {
    for await (const message of messages) message.ack();
  })();
  const before = await countsOf(server);
  const payload = new Uint8Array(RESULT_BYTES);
  const endsAt = performance.now() + serverSeconds * 1000;
  let published = 0;
  const publish = async () => {
    while (performance.now() < endsAt) {
      await client.publish('measured.result', payload);
      published += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, publish));
  const after = await countsOf(server);
  messages.stop();
  await reading;
  await connection.close();
  console.log(`nats-server, results of ${RESULT_BYTES} bytes that are stored, delivered and acknowledged:`);
  print(published, after, before);
}

async function measureCoordinator() {
  const few = await drain(2);
  const many = await drain(runs);
  const of = (key) => (many[key] - few[key]) / (runs - 2);
  const ms = (seconds) => (seconds * 1000).toFixed(1);
  console.log(`the coordinator, ${runs} runs put into the queue, then ${runs} results that wait for it:`);
  console.log(
    `  ${ms(of('putCpu'))} ms of its processor time to put a run, ${ms(of('takeCpu'))} ms to take its result`,
  );
  console.log(`  ${(1 / of('take')).toFixed(1)} results/s taken by the clock`);
  console.log(
    `  ${(1 / (of('putCpu') + of('takeCpu'))).toFixed(1)} runs for each second of its processor time`,
  );
}

/** What so many runs cost a coordinator: to put them, and to take their results, which are all there by then. */
async function drain(count) {
  const out = join(folder, `reports-${count}`);
  const args = [
    'sim',
    join(folder, 'small.yaml'),
    '--repeat',
    `${count}`,
    '--cluster',
    url,
    '--out',
    out,
    '--quiet',
  ];
  const first = start('node', ['scripts/launch.mjs', ...args]);
  await until(async () => (await messagesIn('swarm-lab-runs')) === count);
  const putCpu = cpuOf(first);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const agent = start('node', ['scripts/launch.mjs', 'agent', '--nats', url, '--quiet']);
  await until(async () => (await messagesIn('swarm-lab-results')) === count);
  agent.kill('SIGTERM');
  await once(agent, 'exit');
  // A coordinator that was killed holds its place for some seconds.
  await until(async () => (await messagesIn('KV_swarm-lab-leads')) === 0);
  const [experiment] = readdirSync(join(out, 'small'));
  const resume = ['node', 'scripts/launch.mjs', ...args, '--resume', experiment];
  const timed = start('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@"', '-', ...resume], 'pipe');
  let said = '';
  timed.stderr.on('data', (part) => (said += part));
  const [code] = await once(timed, 'close');
  if (code !== 0) throw new Error(`sim --resume has ended with ${code}: ${said}`);
  const [take, user, system] = said.trim().split('\n').at(-1).split(' ').map(Number);
  return { putCpu, take, takeCpu: user + system };
}

/** What the server has done since its start, and when that was asked. */
async function countsOf(server) {
  const { in_msgs, out_msgs, mem } = await ask('varz');
  return { in_msgs, out_msgs, mem, cpu: cpuOf(server), at: performance.now() / 1000 };
}

/** Seconds of processor time since its start. */
function cpuOf({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND;
}

function print(count, after, before) {
  const of = (key) => after[key] - before[key];
  const messages = of('in_msgs') + of('out_msgs');
  const perSecond = (key) => (of(key) / of('at')).toFixed(0);
  console.log(`  ${count} results in ${of('at').toFixed(1)} s: ${(count / of('at')).toFixed(1)} a second`);
  console.log(`  ${perSecond('in_msgs')} messages/s to it, ${perSecond('out_msgs')} from it`);
  console.log(`  ${(messages / count).toFixed(1)} messages for each result, both ways`);
  console.log(`  ${(messages / of('cpu')).toFixed(0)} messages for each second of its processor time`);
  console.log(`  ${(after.mem / 2 ** 20).toFixed(0)} MiB of memory at the end`);
}

async function messagesIn(stream) {
  const { account_details: accounts = [] } = await ask('jsz?streams=true');
  const found = accounts
    .flatMap(({ stream_detail: streams = [] }) => streams)
    .find(({ name }) => name === stream);
  return found?.state.messages ?? 0;
}

async function ask(what) {
  return await (await fetch(`http://127.0.0.1:${monitor}/${what}`)).json();
}

/** Asks again and again; what cannot be asked yet is not so yet. */
async function until(isSo) {
  for (;;) {
    for (const child of started) {
      if (child.exitCode !== null)
        throw new Error(`${child.spawnargs.join(' ')} has ended with ${child.exitCode}`);
    }
    if (await isSo().catch(() => false)) return;
    await delay(100);
  }
}

function start(program, args, stderr = 'inherit') {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', program === 'nats-server' ? 'ignore' : stderr],
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}
