/** A spec tracker session whose tracker is the test. */
import { expect } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Address } from '../../src/core/interfaces.ts';
import { Ledger } from '../../src/core/peer/ledger.ts';
import type { SpecTrackerOptions } from '../../src/core/peer/spec/tracker-session-options.ts';
import { SpecTrackerSession } from '../../src/core/peer/spec/tracker-session.ts';
import type { Message } from '../../src/core/protocol/messages.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { FakeStore, FakeTransport, type FakeConnection } from './spec-fakes.ts';

export const own = { host: 'localhost', port: 5001 };
export const other = { host: 'localhost', port: 5002 };
export const another = { host: 'localhost', port: 5003 };

export function sessionStage(
  { total = 4, held = {} }: { total?: number; held?: Record<number, string> } = {},
  options: Partial<SpecTrackerOptions> = {},
  { opens = true }: { opens?: boolean } = {},
) {
  const clock = new VirtualClock();
  const transport = new FakeTransport(clock);
  transport.opens = opens;
  const events: SwarmEvent[] = [];
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const store = new FakeStore(total, held);
  const ledger = new Ledger({ clock, store, events: sink }, 'me');
  const told: unknown[] = [];
  const session = new SpecTrackerSession(
    { clock, transport, events: sink, ledger },
    {
      name: 'me',
      tracker: { host: 'localhost', port: 5100 },
      ...own,
      protocol: 'spec',
      edition: 'plain',
      trackerIsOurs: false,
      checksTotal: false,
      ...options,
    },
    {
      onHolders: (index: number, hash: string | undefined, holders: readonly Address[]) =>
        told.push({ index, hash, holders }),
      onMoreChunks: (index: number) => told.push({ more: index }),
      onOurTracker: () => told.push('ours'),
    },
  );
  const download = (index: number, content: string) => {
    const it = ledger.begin(index, other, 'spec');
    it.write(Buffer.from(content));
    expect(it.finish()).toBe('held');
  };
  session.start();
  return { clock, transport, events, ledger, session, told, download };
}

type SessionStage = ReturnType<typeof sessionStage>;

/** Answers every question after `delayMs`, as a tracker that knows `known`. */
export function answering(
  { clock, transport }: SessionStage,
  answer: (index: number, connection: FakeConnection) => Message | undefined,
  delayMs = 10,
): void {
  const watch = (connection: FakeConnection): void => {
    const send = connection.send.bind(connection);
    const react = (message: Message): void => {
      if (message.type !== 'where-chunk') return;
      clock.setTimer(delayMs, () => {
        const reply = answer(message.index, connection);
        if (reply) connection.receive(reply);
      });
    };
    connection.messages.forEach(react);
    connection.send = (message) => {
      react(message);
      return send(message);
    };
  };
  transport.connections.forEach(watch);
  transport.onConnect = (connection) => {
    if (!Object.hasOwn(connection, 'send')) watch(connection);
  };
}

export const unknown = (index: number): Message => ({ type: 'chunk-unknown', index });
export const texts = (connection: FakeConnection): string[] =>
  connection.messages.map((message) =>
    message.type === 'local-chunk' || message.type === 'where-chunk'
      ? `${message.type} ${message.index}${message.terminated === true ? ' ended' : ''}`
      : message.type,
  );
