/** One end of the comparison with the kernel, run as a program of its own inside a network namespace. */
import { blockBytes, SLICE_MS_MAX } from '../network/link-sizes.ts';
import { watchHost } from './host-watch.ts';
import type { KernelReport, KernelTask } from './kernel-tasks.ts';
import { BURST_WINDOW_MS, HEAD_BYTES, mostInWindow, steadyRate, WARM_UP_MS } from './rates.ts';
import { Rig } from './rig.ts';

function tell(report: KernelReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function receive({ host, bytesPerSec, measureMs }: KernelTask): Promise<void> {
  const rig = new Rig();
  const receiver = await rig.receive(rig.end('to', {}, { host }));
  tell({ type: 'listening', port: receiver.address.port });
  await rig.until(() => receiver.payload.length > 0, measureMs);
  await rig.sleep(WARM_UP_MS);
  const watch = watchHost();
  const fromMs = rig.clock.now();
  await rig.sleep(measureMs);
  const framed = 1 + HEAD_BYTES / blockBytes(bytesPerSec, SLICE_MS_MAX);
  const wire = receiver.payload
    .filter(({ atMs }) => atMs >= fromMs)
    .map((passage) => ({ ...passage, bytes: passage.bytes * framed }));
  tell({
    type: 'measured',
    bytesPerSec: steadyRate(wire),
    mostInWindow: Math.round(mostInWindow(wire, BURST_WINDOW_MS)),
    lateMs: watch.read().loopDelayMaxMs,
  });
}

async function send({ host, port, upBytesPerSec, bytesPerSec, measureMs }: KernelTask): Promise<void> {
  const rig = new Rig();
  const watch = watchHost();
  rig.flood(
    rig.end('from', { upBytesPerSec }),
    { host, port },
    { blockBytes: blockBytes(bytesPerSec, SLICE_MS_MAX) },
  );
  await rig.sleep(WARM_UP_MS + measureMs);
  tell({ type: 'sent', lateMs: watch.read().loopDelayMaxMs });
}

const task = JSON.parse(process.argv[2] ?? '') as KernelTask;
void (task.role === 'send' ? send(task) : receive(task));
