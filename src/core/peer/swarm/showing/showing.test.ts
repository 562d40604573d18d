import { describe, expect, it } from 'vitest';
import { PeerStage } from '../../../../../test/support/peer-stage.ts';

const chunks = [1, 2, 3, 4, 5, 6, 7, 8];
const about = { totalChunks: 9, held: [] };

/** A source that serves the peer whatever it asks for. */
function serve(stage: PeerStage, holds: readonly number[]): (count: number) => void {
  const source = stage.neighbour('source', holds, 7100);
  source.say({ type: 'unchoke' });
  return (count) => {
    for (let served = 0; served < count; served++) {
      const received = stage.eventsOf('chunk-received').length;
      source.deliver(source.requested[received]!);
    }
  };
}

describe('what is held is shown', () => {
  it('at once to a neighbour that is served, and before anything else to one that comes to be served', () => {
    const stage = new PeerStage(about);
    const served = stage.neighbour('served', [], 7101);
    const deliver = serve(stage, chunks);
    deliver(1);
    const [first] = stage.eventsOf('chunk-received');
    expect(served.got.map(({ type }) => type).slice(-2)).toEqual(['have', 'unchoke']);
    expect(served.shown).toEqual([first!.index]);
    stage.run(25);
    deliver(1);
    expect(served.shown).toHaveLength(2);
  });

  it('several together to one that is choked: a few within three seconds, more than five within half of one', () => {
    const stage = new PeerStage({ totalChunks: 20, held: [] }, { uploadSlots: 1 });
    const served = stage.neighbour('served', [], 7101);
    served.say({ type: 'interested' });
    const choked = stage.neighbour('choked', [], 7102);
    const all = Array.from({ length: 19 }, (_, at) => at + 1);
    const deliver = serve(stage, all);
    /** It keeps its slot as long as it makes use of it. */
    const useSlot = (ms: number): void => {
      for (let spent = 0; spent < ms; spent += 40) {
        served.say({ type: 'request', index: served.shown[0]! });
        stage.run(39);
      }
    };
    deliver(1);
    useSlot(40);
    expect(choked.shown).toHaveLength(1);
    deliver(4);
    useSlot(2800);
    expect(choked.shown).toHaveLength(1);
    useSlot(200);
    expect(choked.shown).toHaveLength(5);
    expect(choked.gotOf('have-many')).toHaveLength(1);
    deliver(6);
    expect(choked.shown).toHaveLength(5);
    useSlot(520);
    expect(choked.shown).toHaveLength(11);
    expect(choked.gotOf('have-many')).toHaveLength(2);
  });

  it('late to one that holds it, and at the latest when everything is held', () => {
    const stage = new PeerStage(about);
    const holder = stage.neighbour('holder', chunks, 7101);
    const deliver = serve(stage, [...chunks, 9]);
    deliver(8);
    stage.run(1000);
    const heldByBoth = (): number[] => holder.shown.filter((index) => index !== 9);
    expect(heldByBoth()).toEqual([]);
    const missing = stage.peer.ledger.needed();
    expect(missing).toHaveLength(1);
    deliver(1);
    expect([...holder.shown].sort()).toEqual([...chunks, 9]);
  });

  it('within ten seconds to one that holds it, although more is missing: it may come to lose it', () => {
    const stage = new PeerStage(about);
    const holder = stage.neighbour('holder', chunks, 7101);
    serve(stage, chunks)(8);
    stage.run(9_000);
    expect(holder.shown).toEqual([]);
    stage.run(1_500);
    expect([...holder.shown].sort()).toEqual(chunks);
  });

  it('anew to one whose request was rejected because it was gone', () => {
    const stage = new PeerStage(about);
    const asker = stage.neighbour('asker', [], 7101);
    const deliver = serve(stage, [1]);
    asker.say({ type: 'interested' }, { type: 'request', index: 1 });
    expect(asker.gotOf('reject')).toMatchObject([{ index: 1, reason: 'not-held' }]);
    deliver(1);
    expect(asker.shown).toEqual([1]);
  });

  it('at once to one that hides what it holds: it follows what becomes of what it has sent', () => {
    const stage = new PeerStage(about);
    const hiding = stage.neighbour('hiding', [], 7100);
    hiding.say({ type: 'not-interested' }, { type: 'have', index: 1 }, { type: 'unchoke' });
    hiding.deliver(1);
    expect(hiding.shown).toEqual([1]);
  });
});
