import { describe, expect, test } from 'vitest';
import { mistakesOf } from '../fixture.ts';

const adviceFor = (text: string) =>
  mistakesOf(text)
    .split('\n')
    .filter((line) => line.includes('unknown key'))
    .map((line) => line.replace(/^.*?unknown key; /, ''));

describe('a key in the wrong map', () => {
  test('is written in the map inside that knows it', () => {
    expect(adviceFor('content: { size: 20MB }\npeers: { seeder: { holds: all, up: 5Mbit/s } }\n')).toEqual([
      'write generate: { size: … }',
      'write link: { up: … }',
    ]);
  });

  test('is moved into the map around that knows it', () => {
    expect(
      adviceFor(`content: { generate: { size: 1MiB } }
peers:
  seeder: { holds: all, time_limit: 60s }
  leechers: { link: { count: 3 } }
`),
    ).toEqual(['move it to the top of the scenario', 'move it into peers.leechers']);
  });

  test('that would name the scenario is left out', () => {
    expect(adviceFor('name: mine\ncontent: { generate: { size: 1MiB } }\n')).toEqual([
      'leave it out: a scenario has the name of its file',
    ]);
  });

  test('that is nearly right is told as misspelt', () => {
    expect(adviceFor('content: { generate: { size: 1MiB, chnk_size: 4KiB } }\n')).toEqual([
      'did you mean "chunk_size"?',
    ]);
  });

  test('that no map knows gets the names to choose from', () => {
    expect(adviceFor('content: { colour: blue }\n')).toEqual(['known: folders, generate']);
  });
});
