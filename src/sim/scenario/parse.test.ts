import { describe, expect, test } from 'vitest';
import { mistakesOf, parse, small } from './fixture.ts';
import { ScenarioError } from './source/problems.ts';

describe('a valid scenario', () => {
  test('gets every default', () => {
    expect(parse(`${small}peers: { seeder: { holds: all } }`)).toMatchInlineSnapshot(`
      {
        "abortOn": [],
        "content": {
          "chunkBytes": 262144,
          "kind": "generated",
          "totalBytes": 1048576,
          "totalChunks": 4,
        },
        "description": "",
        "engine": {
          "name": "threads",
          "peersPerWorker": "auto",
        },
        "expect": [],
        "experiment": {
          "arms": [],
          "baseline": null,
          "repeat": {
            "least": 1,
            "most": 1,
            "until": null,
          },
        },
        "faults": [],
        "groups": [
          {
            "arrival": {
              "gapMs": 0,
              "kind": "spaced",
              "startMs": 0,
            },
            "comeBack": null,
            "count": 1,
            "holds": {
              "kind": "all",
            },
            "labels": [],
            "leave": null,
            "link": {
              "changes": [],
              "down": null,
              "jitterMs": null,
              "latencyMs": {
                "kind": "constant",
                "value": 0,
              },
              "loss": null,
              "up": null,
              "window": null,
            },
            "mustComplete": "unless-gone",
            "name": "seeder",
            "policy": {
              "maxConnections": 50,
              "picker": "rarest-first",
              "superSeeding": "auto",
              "uploadPolicy": "tit-for-tat",
              "uploadSlots": 4,
            },
            "protocol": "swarm",
            "region": null,
          },
        ],
        "growsWithBound": true,
        "name": "swarm",
        "recordedEvents": 1,
        "regions": null,
        "seed": "1",
        "sets": {},
        "timeLimitMs": 60000,
        "tracker": {
          "agreement": 1,
          "announceIntervalMs": 10000,
          "edition": "plain",
          "peersPerAnswer": 50,
          "silenceLimitMs": 30000,
        },
        "until": "complete",
      }
    `);
  });

  test('without peers has one for each folder', () => {
    const { groups } = parse('content: { folders: [one, two] }\ndefaults: { protocol: spec }');
    expect(groups.map(({ name, holds, protocol }) => ({ name, holds, protocol }))).toEqual([
      { name: 'peer1', holds: { kind: 'folder', folder: 0 }, protocol: 'spec' },
      { name: 'peer2', holds: { kind: 'folder', folder: 1 }, protocol: 'spec' },
    ]);
  });

  test('lets a group override defaults key by key', () => {
    const { groups } = parse(`${small}
defaults: { link: { up: 8Mbit/s, latency: 10ms } }
peers: { seeder: { holds: all, link: { up: unlimited, jitter: 4ms } } }`);
    expect(groups[0]!.link).toMatchObject({
      up: null,
      down: null,
      latencyMs: { kind: 'constant', value: 10 },
      jitterMs: { kind: 'uniform', min: 0, max: 4 },
    });
  });

  test('may repeat itself by anchors and merge keys', () => {
    const { groups } = parse(`${small}
peers:
  a: &base { holds: all, link: { up: 1MB/s } }
  b: { <<: *base, count: 3 }`);
    expect(groups[1]).toEqual({ ...groups[0]!, name: 'b', count: 3 });
  });

  test('excuses of itself only who is gone, and lets the user say otherwise', () => {
    const { groups } = parse(`${small}
peers:
  stays: { holds: all }
  gone: { session: { leave: { after: 1s } } }
  told: { must_complete: true, session: { leave: { after: 1s } } }
  spared: { must_complete: false }`);
    expect(groups.map((group) => group.mustComplete)).toEqual(['unless-gone', 'unless-gone', true, false]);
  });
});

describe('what the report keeps of the events', () => {
  test.each([
    ['', 1],
    ['record: { events: all }', 1],
    ['record: { events: none }', 'none'],
    ['record: { events: 2.5% }', 0.025],
  ])('%s', (record, recordedEvents) => {
    expect(parse(`${small}peers: { seeder: { holds: all } }\n${record}`)).toMatchObject({ recordedEvents });
  });

  test.each([
    [
      'some',
      /swarm\.yaml:\d+:19: record\.events: "some" is not a share; write all, none or a share such as 50%/,
    ],
    ['10', /record\.events: 10 has no unit; write 10%/],
    ['200%', /record\.events: 200% is too large; allowed: 0% to 100%/],
  ])('is not %s', (written, message) => {
    const text = `${small}peers: { seeder: { holds: all } }\nrecord: { events: ${written} }`;
    expect(() => parse(text)).toThrow(message);
  });
});

describe('mistakes are told with place and fix:', () => {
  test('five different ones at once', () => {
    expect(
      mistakesOf(`descripton: A swarm
content: { generate: { size: 1MiB } }
peers:
  seeder: { holds: al }
  leechers:
    count: 0
    link: { latency: 50, up: 10mbps }
`),
    ).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: descripton: unknown key; did you mean "description"?
          1 | descripton: A swarm
            | ^
      swarm.yaml:4:20: peers.seeder.holds: "al" is not all or none or a range of chunks; did you mean "all"?
          4 |   seeder: { holds: al }
            |                    ^
      swarm.yaml:6:12: peers.leechers.count: 0 is too small; allowed: 1 to 10000
          6 |     count: 0
            |            ^
      swarm.yaml:7:22: peers.leechers.link.latency: 50 has no unit; write 50ms or 50s
          7 |     link: { latency: 50, up: 10mbps }
            |                      ^
      swarm.yaml:7:30: peers.leechers.link.up: "mbps" is not a unit of a rate; write 10Mbit/s or 10MB/s
          7 |     link: { latency: 50, up: 10mbps }
            |                              ^
      "
    `);
  });

  test('wrong kinds of values', () => {
    expect(
      mistakesOf(`content: { generate: { size: 1MiB } }
tracker: { edition: Plain, agreement: 1.5 }
peers:
  a: { link: { latency: [1], up: , down: { gauss: { mean: 1MB/s } } } }
  b:
  c: { must_complete: perhaps, arrival: 3s }
`),
    ).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:21: tracker.edition: "Plain" is not known here; did you mean "plain"?
          2 | tracker: { edition: Plain, agreement: 1.5 }
            |                     ^
      swarm.yaml:2:39: tracker.agreement: must be a whole number, not 1.5; for example 1
          2 | tracker: { edition: Plain, agreement: 1.5 }
            |                                       ^
      swarm.yaml:4:16: peers.a.link.latency: a list is not understood; for example 40ms or { normal: { mean: 40ms, sd: 10ms } }
          4 |   a: { link: { latency: [1], up: , down: { gauss: { mean: 1MB/s } } } }
            |                ^
      swarm.yaml:4:30: peers.a.link.up: has no value; for example 20Mbit/s or { uniform: { min: 5Mbit/s, max: 50Mbit/s } }
          4 |   a: { link: { latency: [1], up: , down: { gauss: { mean: 1MB/s } } } }
            |                              ^
      swarm.yaml:4:44: peers.a.link.down.gauss: unknown key; known: csv, pareto, samples, normal, uniform, lognormal … and 1 more
          4 |   a: { link: { latency: [1], up: , down: { gauss: { mean: 1MB/s } } } }
            |                                            ^
      swarm.yaml:5:3: peers.b: has no value; its keys: count, share, combine, holds, protocol, policy, region, link, arrival, session, must_complete
          5 |   b:
            |   ^
      swarm.yaml:6:23: peers.c.must_complete: must be true or false, not "perhaps"
          6 |   c: { must_complete: perhaps, arrival: 3s }
            |                       ^
      swarm.yaml:6:41: peers.c.arrival: must be a map of keys, not "3s"; for example { at: 2s } or { spaced: 500ms } or { poisson: { rate: 2/s } } or { uniform: { from: 0s, to: 5s } }
          6 |   c: { must_complete: perhaps, arrival: 3s }
            |                                         ^
      "
    `);
  });

  test('keys that exclude or need each other', () => {
    expect(
      mistakesOf(`${small}tracker: { announce_interval: 5s, silence_limit: 2s }
peers:
  a: { holds: all, arrival: { at: 1s, uniform: { from: 3s, to: 1s } } }
  b: { link: { latency: { uniform: { min: 3ms, max: 1ms }, exponential: { mean: 1ms } } } }
  c: { session: { return: { after: 1s } } }
  d: { session: { leave: { after: 1s, from: completion }, return: { after: 59s } } }
  e: { arrival: { at: 2s }, session: { leave: { after: 1s, from: start } } }
  f: { arrival: { at: 2min } }
  g: { protocol: spec, policy: { upload_slots: 3 } }
`),
    ).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:50: tracker.silence_limit: peers would be forgotten after 2 s, before they announce again after 5 s; make silence_limit at least twice announce_interval
          2 | tracker: { announce_interval: 5s, silence_limit: 2s }
            |                                                  ^
      swarm.yaml:4:20: peers.a.arrival: at and uniform exclude each other; keep one
          4 |   a: { holds: all, arrival: { at: 1s, uniform: { from: 3s, to: 1s } } }
            |                    ^
      swarm.yaml:4:56: peers.a.arrival.uniform.from: is after to; swap the two
          4 |  holds: all, arrival: { at: 1s, uniform: { from: 3s, to: 1s } } }
            |                                                  ^
      swarm.yaml:5:16: peers.b.link.latency: uniform and exponential exclude each other; keep one
          5 |   b: { link: { latency: { uniform: { min: 3ms, max: 1ms }, exponential: { mean: 1ms } } } }
            |                ^
      swarm.yaml:5:43: peers.b.link.latency.uniform.min: is above max; swap the two
          5 |   b: { link: { latency: { uniform: { min: 3ms, max: 1ms }, exponential: { mean: 1ms } } } }
            |                                           ^
      swarm.yaml:6:19: peers.c.session.return: the peer never leaves; add session.leave, or remove return
          6 |   c: { session: { return: { after: 1s } } }
            |                   ^
      swarm.yaml:7:69: peers.d.session.return.after: would come back after the end of the run at 1 min 00 s; raise time_limit, or leave or come back earlier
          7 | eave: { after: 1s, from: completion }, return: { after: 59s } } }
            |                                                  ^
      swarm.yaml:8:40: peers.e.session.leave: would leave at 1 s, before it joins at 2 s; use from: join
          8 |   e: { arrival: { at: 2s }, session: { leave: { after: 1s, from: start } } }
            |                                        ^
      swarm.yaml:9:8: peers.f.arrival: would join after the end of the run at 1 min 00 s; raise time_limit or join earlier
          9 |   f: { arrival: { at: 2min } }
            |        ^
      swarm.yaml:10:34: peers.g.policy.upload_slots: has no effect with the spec protocol; remove it, or use protocol: swarm
         10 |   g: { protocol: spec, policy: { upload_slots: 3 } }
            |                                  ^
      "
    `);
  });

  test('chunks that nobody holds', () => {
    expect(mistakesOf(`${small}peers: { a: { holds: [1] }, b: { holds: 3-4 } }`)).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:1: peers: no peer holds chunk 2 at the start; let a group hold all, or the missing chunks
          2 | peers: { a: { holds: [1] }, b: { holds: 3-4 } }
            | ^
      "
    `);
  });

  test('chunks and folders that do not exist', () => {
    expect(
      mistakesOf(`content: { folders: [one, two, three] }
peers:
  a: { holds: 2-5 }
  b: { holds: { folder: 4 } }
  c: { holds: { folder: tow } }
`),
    ).toMatchInlineSnapshot(`
      "
      swarm.yaml:3:15: peers.a.holds: there is no chunk 5; chunks are numbered 1 to 4
          3 |   a: { holds: 2-5 }
            |               ^
      swarm.yaml:4:25: peers.b.holds.folder: there is no folder 4; folders are numbered 1 to 3
          4 |   b: { holds: { folder: 4 } }
            |                         ^
      swarm.yaml:5:25: peers.c.holds.folder: "tow" is not in content.folders; did you mean "two"?
          5 |   c: { holds: { folder: tow } }
            |                         ^
      "
    `);
  });

  test('folders that cannot be read or do not fit together', () => {
    expect(mistakesOf('content: { folders: [one, other, nowhere] }')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:27: content.folders.1: has 9 chunks in all, but one has 4; use folders of one file
          1 | content: { folders: [one, other, nowhere] }
            |                           ^
      swarm.yaml:1:34: content.folders.2: nowhere/local_chunks.txt: there is no such file
          1 | content: { folders: [one, other, nowhere] }
            |                                  ^
      "
    `);
  });

  test('an agreement that cannot be reached', () => {
    expect(mistakesOf(`${small}tracker: { edition: hashed }\npeers: { seeder: { holds: all } }`))
      .toMatchInlineSnapshot(`
      "
      swarm.yaml:2:1: tracker.agreement: chunks 1-4 can never spread: 2 holders must agree, and fewer peers hold them; lower agreement, or let more peers hold these chunks
          2 | tracker: { edition: hashed }
            | ^
      "
    `);
  });

  test('content that is missing or said twice', () => {
    expect(mistakesOf('peers: { a: {} }')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: content: is missing; for example { generate: { size: 16MiB } } or { folders: [folders/folder1, folders/folder2] }
          1 | peers: { a: {} }
            | ^
      "
    `);
    expect(mistakesOf('content: { folders: [one], generate: { size: 1MB } }')).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: content: has both folders and generate; give one of the two
          1 | content: { folders: [one], generate: { size: 1MB } }
            | ^
      "
    `);
  });

  test('peers that are missing', () => {
    expect(mistakesOf(small)).toMatchInlineSnapshot(`
      "
      swarm.yaml:1:1: peers: is missing; say who holds the file and who wants it, for example { seeder: { holds: all }, leechers: { count: 3 } }
          1 | content: { generate: { size: 1MiB, chunk_size: 256KiB } }
            | ^
      "
    `);
    expect(mistakesOf(`${small}peers: {}`)).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:1: peers: there is no group; add one, for example seeder: { holds: all }
          2 | peers: {}
            | ^
      "
    `);
  });

  test('a group that cannot be called so', () => {
    expect(mistakesOf(`${small}peers: { tracker: { holds: all }, a/b: {} }`)).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:10: peers.tracker: "tracker" cannot be the name of a group; begin with a letter; then use letters, digits, - or _, 40 at most; "tracker", "all" and "rest" are taken
          2 | peers: { tracker: { holds: all }, a/b: {} }
            |          ^
      swarm.yaml:2:35: peers.a/b: "a/b" cannot be the name of a group; begin with a letter; then use letters, digits, - or _, 40 at most; "tracker", "all" and "rest" are taken
          2 | peers: { tracker: { holds: all }, a/b: {} }
            |                                   ^
      "
    `);
  });

  test('far out on a long line, with the part of the line that matters', () => {
    const long = `description: ${'x'.repeat(150)} # ${'y'.repeat(100)}`;
    const text = `${small}peers: { seeder: { holds: all, link: { latency: 10ms, jitter: 2ms, up: 20Mbit/s, down: 100Mbits/s } } }\n${long}`;
    expect(mistakesOf(text)).toMatchInlineSnapshot(`
      "
      swarm.yaml:2:88: peers.seeder.link.down: "Mbits/s" is not a unit of a rate; write 100Mbit/s
          2 |  latency: 10ms, jitter: 2ms, up: 20Mbit/s, down: 100Mbits/s } } }
            |                                                  ^
      "
    `);
  });

  test('as plain data besides', () => {
    try {
      parse(`${small}peers: { a: { holds: all, cuont: 3 } }`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioError);
      expect((error as ScenarioError).code).toBe('CONFIG');
      const place = { file: 'swarm.yaml', line: 2, column: 27, path: 'peers.a.cuont' };
      const told = { message: 'unknown key', suggestion: 'did you mean "count"?' };
      expect((error as ScenarioError).problems).toEqual([{ ...place, ...told }]);
    }
  });
});
