/** A tracker that is left up for another content: what was agreed on changes while chunks are on their way. */
import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage } from '../../../test/support/peer-stage.ts';
import { sha1 } from '../../../test/support/spec-fakes.ts';
import type { Connection } from '../interfaces.ts';

const claimOf = (index: number, content: string) => ({ index, bytes: content.length, hash: sha1(content) });

describe.each([
  ['of the same size', contentOf(1).toUpperCase()],
  ['of another size', 'something else'],
])('another content, %s', (_, other) => {
  it('a neighbour that sent it before it was agreed on is dealt with again once it is', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const early = stage.neighbour('early', [1]);
    early.say({ type: 'unchoke' });
    early.deliver(1, other);
    expect(stage.eventsOf('peer-banned')).toHaveLength(1);
    const refused = stage.neighbour('early', [1]);
    expect(refused.closes).toHaveLength(1);

    stage.trackerTells([], [claimOf(1, other)]);
    const again = stage.neighbour('early', [1]);
    again.say({ type: 'unchoke' });
    again.deliver(1, other);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.store.chunks.get(1)?.toString()).toBe(other);
  });

  it('a neighbour from which it comes after the change is not banned, and is asked anew', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const neighbour = stage.neighbour('n', [1]);
    neighbour.say({ type: 'unchoke' });
    expect(neighbour.requested).toEqual([1]);
    stage.trackerTells([], [claimOf(1, other)]);
    neighbour.deliver(1, other);
    expect(stage.eventsOf('peer-banned')).toEqual([]);
    expect(neighbour.requested).toEqual([1, 1]);
    neighbour.deliver(1, other);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.store.chunks.get(1)?.toString()).toBe(other);
  });

  it('what was agreed on before, and comes after the change, is not kept', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const neighbour = stage.neighbour('n', [1]);
    neighbour.say({ type: 'unchoke' });
    stage.trackerTells([], [claimOf(1, other)]);
    neighbour.deliver(1);
    expect(stage.peer.ledger.held.size).toBe(0);
    expect(stage.eventsOf('peer-banned')).toEqual([]);
    expect(neighbour.requested).toEqual([1, 1]);
  });
});

it('who sends what was never agreed on stays banned when other chunks change', () => {
  const stage = new PeerStage({ totalChunks: 2, held: [2] });
  const liar = stage.neighbour('liar', [1]);
  liar.say({ type: 'unchoke' });
  liar.deliver(1, 'x'.repeat(contentOf(1).length));
  stage.trackerTells([], [claimOf(2, 'something else'), claimOf(1, contentOf(1))]);
  expect(stage.neighbour('liar', [1]).closes).toHaveLength(1);
});

describe('what a plain holder began to send before anything was agreed on', () => {
  /** A peer that lacks the one chunk, and the connections over which it asks a plain holder for it. */
  function stageWithPlainHolder(): { readonly stage: PeerStage; readonly asked: Connection[] } {
    const stage = new PeerStage({ totalChunks: 1, held: [], agreed: [] });
    const asked: Connection[] = [];
    stage.network.transport('plain').listen({
      port: 9,
      role: 'peer',
      onListening: () => undefined,
      onError: (error) => {
        throw error;
      },
      onConnection: (connection) => {
        asked.push(connection);
        const ignore = (): void => undefined;
        connection.setHandlers({ onMessage: ignore, onRemoteEnd: ignore, onClose: ignore });
      },
    });
    const bits = Uint8Array.of(0x80);
    stage.trackerTells([{ address: { host: 'plain', port: 9 }, protocol: 'spec', bits }]);
    stage.run(200);
    return { stage, asked };
  }

  /** Sends the first half, then the rest after something has happened. */
  function send(stage: PeerStage, to: Connection, content: string, meanwhile = (): void => undefined): void {
    to.send({ type: 'raw', body: Buffer.from(content.slice(0, 8)) });
    stage.run(10);
    meanwhile();
    to.send({ type: 'raw', body: Buffer.from(content.slice(8)) });
    to.end();
    stage.run(10);
  }

  it('is not kept nor served if it is another content, nobody is blamed, and the chunk is fetched anew', () => {
    const { stage, asked } = stageWithPlainHolder();
    send(stage, asked[0]!, 'not the right thing', () => stage.trackerTells([], [claimOf(1, contentOf(1))]));
    expect(stage.store.chunks.size).toBe(0);
    expect(stage.peer.ledger.held.size).toBe(0);
    expect(stage.eventsOf('peer-banned')).toEqual([]);
    expect(stage.eventsOf('peer-completed')).toEqual([]);
    expect(stage.announces.flatMap(({ claims }) => claims)).toEqual([]);
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ reason: 'failed', bytes: 19 }]);
    stage.run(5000);
    expect(asked).toHaveLength(2);
    send(stage, asked[1]!, contentOf(1));
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.store.chunks.get(1)?.toString()).toBe(contentOf(1));
  });

  it('is kept if it is what was agreed on', () => {
    const { stage, asked } = stageWithPlainHolder();
    send(stage, asked[0]!, contentOf(1), () => stage.trackerTells([], [claimOf(1, contentOf(1))]));
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.eventsOf('chunk-received')).toHaveLength(1);
  });

  it('bans the holder if it sends something else again when it is asked anew', () => {
    const { stage, asked } = stageWithPlainHolder();
    send(stage, asked[0]!, 'not the right thing', () => stage.trackerTells([], [claimOf(1, contentOf(1))]));
    stage.run(5000);
    send(stage, asked[1]!, 'not the right thing');
    expect(stage.eventsOf('peer-banned')).toMatchObject([{ address: { host: 'plain', port: 9 } }]);
    expect(stage.store.chunks.size).toBe(0);
  });
});
