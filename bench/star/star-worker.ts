/** One thread of the star: the sender in its middle or a receiver at its rim. Nothing of the swarm's code. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { StarReport, StarTask } from './messages.ts';

/** What libuv reads at a time; it stays in the processor's cache until it is hashed and written. */
const READ_BUFFER_BYTES = 64 * 1024;

function tell(report: StarReport): void {
  parentPort!.postMessage(report);
}

/** The whole file stays in memory, so that the sender does nothing but send: the star is the bar, not a strawman. */
function send(file: string, unitBytes: number): void {
  const content = readFileSync(file);
  const server = createServer({ noDelay: true }, (socket) => pump(socket, content, unitBytes));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
    tell({ type: 'listening', port: (server.address() as AddressInfo).port });
  });
}

function pump(socket: Socket, content: Buffer, unitBytes: number): void {
  let sent = 0;
  const more = (): void => {
    while (sent < content.length) {
      const unit = content.subarray(sent, sent + unitBytes);
      sent += unit.length;
      if (!socket.write(unit)) return;
    }
    socket.end();
  };
  socket.on('drain', more);
  more();
}

function receive(port: number, file: string): void {
  const fd = openSync(file, 'w');
  const hash = createHash('sha1');
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  let bytes = 0;
  const take = (length: number): boolean => {
    const read = buffer.subarray(0, length);
    hash.update(read);
    writeSync(fd, read);
    bytes += length;
    return true;
  };
  parentPort!.once('message', () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: take } });
    socket.on('end', () => {
      closeSync(fd);
      tell({ type: 'done', bytes, hash: hash.digest('hex'), atNs: process.hrtime.bigint() });
    });
  });
  tell({ type: 'ready' });
}

const task = workerData as StarTask;
if (task.role === 'sender') send(task.file, task.unitBytes);
else receive(task.port, task.file);
