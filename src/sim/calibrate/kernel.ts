/**
 * The shaper beside the kernel's own: the same bytes through a pair of virtual Ethernet devices, once held to a rate
 * by the kernel's hierarchical token bucket (tc htb) and once by our shaper with the devices free. Everything is in
 * two network namespaces that are made for it and removed afterwards.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { blockBytes, SLICE_MS_MAX } from '../network/link-sizes.ts';
import { lateText, NotAvailable, percentOff, type CalibrationCase, type Finding } from './finding.ts';
import type { KernelReport, KernelTask } from './kernel-tasks.ts';
import { BURST_READING_MS, BURST_WINDOW_MS, HEAD_BYTES } from './rates.ts';

type Measured = Extract<KernelReport, { type: 'measured' }>;

const MBIT = 125_000;

/** Of a segment on Ethernet: 14 bytes of frame, 20 of IPv4, 32 of TCP with time stamps; htb counts them too. */
const SEGMENT_PAYLOAD_BYTES = 1448;
const SEGMENT_BYTES = 1514;

const KERNEL_TOLERANCE_PERCENT = 3;

const SENDER = '10.213.77.1';
const RECEIVER = '10.213.77.2';

const PATIENCE_MS = 15_000;

/** A program in a namespace ended without a result, or took too long: no figure, so never a pass. */
const NOTHING_MEASURED: Measured = {
  type: 'measured',
  bytesPerSec: Number.NaN,
  mostInWindow: Number.NaN,
  lateMs: Number.NaN,
};

/** `worker`: the bundled kernel-worker.ts. */
export function kernelCases(worker: URL, size: 'smoke' | 'full'): CalibrationCase[] {
  const megabits = size === 'smoke' ? [20] : [1, 10, 100];
  const measureMs = size === 'smoke' ? 800 : 5000;
  return megabits.map((rate) => ({
    name: `kernel ${rate} Mbit/s`,
    run: () => compare(worker, rate * MBIT, measureMs),
  }));
}

async function compare(worker: URL, bytesPerSec: number, measureMs: number): Promise<Finding[]> {
  const network = new Namespaces();
  try {
    network.limit(bytesPerSec);
    const kernel = await transfer(worker, network, { upBytesPerSec: null, bytesPerSec, measureMs });
    network.free();
    const ours = await transfer(worker, network, { upBytesPerSec: bytesPerSec, bytesPerSec, measureMs });
    const kernelRate = (kernel.bytesPerSec * SEGMENT_BYTES) / SEGMENT_PAYLOAD_BYTES;
    const setting = `${bytesPerSec / MBIT} Mbit/s on a virtual Ethernet`;
    const allowed = (kernel.mostInWindow / BURST_WINDOW_MS) * (BURST_WINDOW_MS + BURST_READING_MS);
    const slice = blockBytes(bytesPerSec, SLICE_MS_MAX) + HEAD_BYTES;
    const lateMs = Math.max(kernel.lateMs, ours.lateMs);
    const doubt = lateMs > BURST_READING_MS && { doubt: lateText(lateMs) };
    return [
      {
        knob: 'rate beside the kernel’s',
        setting: `${setting}: tc htb, frames counted; the shaper`,
        unit: 'bytes/s',
        configured: kernelRate,
        measured: ours.bytesPerSec,
        error: percentOff(ours.bytesPerSec, kernelRate),
        errorUnit: '%',
        tolerance: KERNEL_TOLERANCE_PERCENT,
        ...doubt,
      },
      {
        knob: `burst in ${BURST_WINDOW_MS} ms beside the kernel’s`,
        setting: `${setting}: tc htb; the shaper, in slices of ${slice} bytes`,
        unit: 'bytes',
        configured: kernel.mostInWindow,
        measured: ours.mostInWindow,
        error: (ours.mostInWindow - allowed) / slice,
        errorUnit: 'slices',
        isUpperLimit: true,
        ...doubt,
        // Besides the slice, the kernel's own figure is of payload alone, about 4 % less than its rate.
        tolerance: 1.5,
      },
    ];
  } finally {
    network.remove();
  }
}

async function transfer(
  worker: URL,
  network: Namespaces,
  task: Pick<KernelTask, 'upBytesPerSec' | 'bytesPerSec' | 'measureMs'>,
): Promise<Measured> {
  const children: ChildProcess[] = [];
  const start = (namespace: string, role: KernelTask): AsyncIterator<string> => {
    const argv = ['netns', 'exec', namespace, process.execPath, fileURLToPath(worker), JSON.stringify(role)];
    const child = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  };
  const timer = setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), PATIENCE_MS);
  try {
    const receiver = start(network.receiver, { ...task, role: 'receive', host: RECEIVER, port: 0 });
    const listening = await next(receiver, 'listening');
    if (listening === undefined) return NOTHING_MEASURED;
    const sender = start(network.sender, { ...task, role: 'send', host: RECEIVER, port: listening.port });
    const [sent, measured] = [await next(sender, 'sent'), await next(receiver, 'measured')];
    if (sent === undefined || measured === undefined) return NOTHING_MEASURED;
    return { ...measured, lateMs: Math.max(measured.lateMs, sent.lateMs) };
  } finally {
    clearTimeout(timer);
    for (const child of children) child.kill('SIGKILL');
  }
}

/** The next line; undefined: the program ended, or said something else. What it complained of is on stderr. */
async function next<Type extends KernelReport['type']>(
  lines: AsyncIterator<string>,
  type: Type,
): Promise<Extract<KernelReport, { type: Type }> | undefined> {
  const line = await lines.next();
  if (line.done === true) return undefined;
  const report = JSON.parse(line.value) as KernelReport;
  return report.type === type ? (report as Extract<KernelReport, { type: Type }>) : undefined;
}

/** Two network namespaces joined by a pair of virtual Ethernet devices. */
class Namespaces {
  readonly sender = `swarm-calibrate-${process.pid}-a`;
  readonly receiver = `swarm-calibrate-${process.pid}-b`;

  /** @throws {NotAvailable} this machine cannot */
  constructor() {
    if (process.platform !== 'linux') throw new NotAvailable('only Linux has network namespaces');
    if (process.getuid?.() !== 0) throw new NotAvailable('only root may make network namespaces');
    try {
      run('tc', '-Version');
      run('ip', 'netns', 'add', this.sender);
      run('ip', 'netns', 'add', this.receiver);
      run(
        'ip',
        'link',
        'add',
        'near',
        'netns',
        this.sender,
        'type',
        'veth',
        'peer',
        'far',
        'netns',
        this.receiver,
      );
      this.#raise(this.sender, 'near', SENDER);
      this.#raise(this.receiver, 'far', RECEIVER);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #raise(namespace: string, device: string, address: string): void {
    run('ip', '-n', namespace, 'address', 'add', `${address}/24`, 'dev', device);
    // One frame a segment, as on a wire: otherwise the bucket would count 64 KiB at a time.
    run('ip', '-n', namespace, 'link', 'set', device, 'gso_max_segs', '1', 'up');
  }

  /** Holds the sender to the rate, by the kernel. */
  limit(bytesPerSec: number): void {
    run(
      'tc',
      '-n',
      this.sender,
      'qdisc',
      'add',
      'dev',
      'near',
      'root',
      'handle',
      '1:',
      'htb',
      'default',
      '1',
    );
    const rate = `${bytesPerSec * 8}bit`;
    run(
      'tc',
      '-n',
      this.sender,
      'class',
      'add',
      'dev',
      'near',
      'parent',
      '1:',
      'classid',
      '1:1',
      'htb',
      'rate',
      rate,
    );
  }

  free(): void {
    run('tc', '-n', this.sender, 'qdisc', 'del', 'dev', 'near', 'root');
  }

  remove(): void {
    for (const namespace of [this.sender, this.receiver]) {
      try {
        run('ip', 'netns', 'delete', namespace);
      } catch {
        // It was never made: `NotAvailable` says why.
      }
    }
  }
}

function run(program: string, ...argv: readonly string[]): void {
  try {
    execFileSync(program, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    const reason = code === 'ENOENT' ? 'is not installed (iproute2)' : String(stderr ?? '').trim();
    throw new NotAvailable(`${program} ${code === 'ENOENT' ? '' : `${argv.join(' ')}: `}${reason}`);
  }
}
