import { expect, it } from 'vitest';
import { PeerStage } from '../../../../../test/support/peer-stage.ts';
import { sha1 } from '../../../../../test/support/spec-fakes.ts';

const chunks = Array.from({ length: 40 }, (_, at) => at + 1);

it('a neighbour that answers late is asked for few chunks at a time, also for empty ones', () => {
  const agreed = chunks.map((index) => ({ index, bytes: 0, hash: sha1('') }));
  const stage = new PeerStage({ totalChunks: chunks.length, held: [], agreed });
  const neighbour = stage.neighbour('far', chunks);
  neighbour.say({ type: 'unchoke' });
  for (let answered = 0; answered < 4; answered++) {
    stage.run(1500);
    neighbour.deliver(neighbour.requested[answered]!, '');
    expect(neighbour.requested.length - answered - 1).toBeLessThanOrEqual(4);
  }
  expect(stage.eventsOf('chunk-received')).toHaveLength(4);
});
