/** Hosts of a cluster that are no further away than the next turn of the event loop; each has a loopback address. */
import type { HostLink, HostLinkListener } from '../../src/sim/engines/cluster/host-link.ts';
import { HostSession } from '../../src/sim/engines/cluster/host-session.ts';
import { toHostSchema, type FromHost, type ToHost } from '../../src/sim/engines/cluster/messages.ts';

export interface HostInProcess extends HostLink {
  /** As if it were dead from now on. */
  die(why: string): void;
  /** It neither hears nor says anything from now on, and nobody knows. */
  freeze(): void;
}

export interface HostInProcessOptions {
  readonly name: string;
  readonly address: string;
  readonly workerFile: URL;
  readonly cores?: number;
  /** How long each message takes, either way. Default 0. */
  readonly delayMs?: number;
  /** How far its clock has gone ahead since the host was made, in ms. Default 0. */
  readonly aheadMs?: () => number;
  /** Called with the type of each message before it is on its way: `> assemble` to the host, `< assembled` from it. */
  readonly onPass?: (what: string, host: HostInProcess) => void;
}

/** For one run. */
export function hostInProcess({
  name,
  address,
  workerFile,
  cores = 2,
  delayMs = 0,
  aheadMs = () => 0,
  onPass = () => undefined,
}: HostInProcessOptions): HostInProcess {
  let listener: HostLinkListener | undefined;
  let dead = false;
  let frozen = false;
  const later = (deliver: () => void): void => {
    if (delayMs === 0) setImmediate(deliver);
    else setTimeout(deliver, delayMs);
  };
  const overTheWire = (message: unknown): unknown => JSON.parse(JSON.stringify(message));
  const session = new HostSession({
    workerFile,
    address,
    send: (message) => {
      const sent = byClock(overTheWire(message) as FromHost, aheadMs());
      onPass(`< ${message.type}`, host);
      later(() => {
        if (!dead && !frozen) listener?.onMessage(sent);
      });
    },
    onDisposed: () => undefined,
  });
  const host: HostInProcess = {
    info: { name, address, cores },
    listen: (who) => {
      listener = who;
    },
    send: (message: ToHost) => {
      const sent = toHostSchema.parse(overTheWire(message)) as ToHost;
      onPass(`> ${message.type}`, host);
      later(() => {
        if (!dead && !frozen) session.handle(sent);
      });
    },
    close: () => undefined,
    die: (why) => {
      if (dead) return;
      dead = true;
      void session.dispose();
      later(() => listener?.onLost(why));
    },
    freeze: () => {
      frozen = true;
    },
  };
  return host;
}

function byClock(message: FromHost, aheadMs: number): FromHost {
  if (message.type !== 'pong') return message;
  return { ...message, hostNs: String(BigInt(message.hostNs) + BigInt(Math.round(aheadMs * 1e6))) };
}
