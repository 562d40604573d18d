import { expect, it } from 'vitest';
import { PeerStage } from '../../../test/support/peer-stage.ts';

it('a peer whose file is not that of its tracker says both totals and leaves, without trying again', () => {
  const stage = new PeerStage({ totalChunks: 12, held: [1], trackerTotal: 66 });
  expect(stage.eventsOf('node-failed')).toMatchObject([
    {
      code: 'CONFIG',
      detail:
        'the file of the folder has 12 chunks, but that of the tracker tracker:5100 has 66; ' +
        'give the folder of that file, or the tracker of another swarm',
    },
  ]);
  const announces = stage.announces.length;
  stage.run(120_000);
  expect(stage.announces).toHaveLength(announces);
  expect(stage.eventsOf('tracker-found')).toEqual([]);
  expect(stage.eventsOf('tracker-lost')).toEqual([]);
  expect(stage.eventsOf('peer-left')).toHaveLength(1);
});

it('a peer whose tracker does not know the total yet stays', () => {
  const stage = new PeerStage({ totalChunks: 12, held: [1], trackerTotal: 0 });
  stage.run(5000);
  expect(stage.eventsOf('node-failed')).toEqual([]);
  expect(stage.eventsOf('tracker-found')).toHaveLength(1);
});
