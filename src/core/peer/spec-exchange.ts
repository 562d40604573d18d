import type { Connection } from '../interfaces.ts';
import type { PeerEntry } from '../protocol/messages.ts';
import type { PeerContext } from './context.ts';

export interface SpecExchangeCallbacks {
  onOurTracker(): void;
  onEnded(index: number): void;
  copiesInSwarm(index: number): number;
}
export class SpecExchange {
  constructor(_context: PeerContext, _callbacks: SpecExchangeCallbacks) {}
  startSession(): void {}
  stopSession(): void {}
  stop(): void {}
  serve(connection: Connection): void {
    connection.abort();
  }
  learn(_peers: readonly PeerEntry[]): void {}
  fetchMore(): void {}
}
