/** What the reference page says in words. Between the tables, which are generated. */
import { regionPresets } from '../language/cloud-regions.ts';
import type { ScenarioFigure } from '../expressions/conditions.ts';

export const INTRODUCTION = `# Scenario reference

This page is generated from the scenario language itself (\`node scripts/scenario-reference.mjs\`).

A scenario is one YAML file. Begin it with \`# yaml-language-server: $schema=./scenario.schema.json\`, and editors
complete and check its keys. Anchors, aliases and merge keys (\`<<\`) of YAML may be used. An unknown key, a wrong unit
or an impossible value is an error that names file, line and column; all mistakes are told at once. Keys that exclude
each other are an error that names both: nothing is silently ignored.

\`--set path=value\` changes a scenario from the command line: \`--set peers.leechers.count=20\`,
\`--set defaults.link.latency=100ms\`. The value is YAML; list items are counted from 0 in the path.
\`null\` removes a key: \`--set sweep=null\` runs without the sweep. What the arms of a sweep or the baseline set again
cannot be set.

Everything random is drawn from the seed before the run (\`--plan\` shows the result), each property of each peer and
each fault from a stream of its own: adding a group, a peer, a key or a fault changes nothing that was drawn for others.
Only jitter, loss and the probabilities of faults are drawn during the run. A draw outside of its key's range counts as
the end of that range. The plan notes how many did, and what would come only after the end of the run: peers that never
join or come back, faults that never begin. It also notes keys of the tracker that concern none of the peers, such as
an \`edition\` when all of them speak swarm: they are felt only by others that join.

Somebody must hold every chunk at the start, be it a peer that joins late.
`;

const FIGURES: Readonly<Record<ScenarioFigure['kind'], readonly [meaning: string, value: string]>> = {
  completed: ['peers that hold everything, seeders counted', 'a count such as `3`, or a share such as `50%`'],
  joined: ['peers that have joined, whether they are still there or not', 'a count or a share'],
  alive: ['peers that are there now', 'a count or a share'],
  progress: ['bytes that are here, of those that were missing at the start', 'a share'],
  elapsed: ['time since the start of the distribution', 'a duration'],
  availability: [
    'copies of the rarest chunk among the peers that are there; no figure before every chunk has had a holder',
    'a number',
  ],
};

const figureRows = Object.entries(FIGURES)
  .map(([name, [meaning, value]]) => `| \`${name}\` | ${meaning} | ${value} |`)
  .join('\n');

export const LANGUAGE = `## Sets of peers

Faults, conditions and sides of a partition say whom they mean by a set:

| written | means |
| --- | --- |
| \`leechers\` | the peers of a group, of a region, or of a location or profile of \`combine\`; of a combination, those of all its groups |
| \`leechers/3\`, \`leechers/2-5\` | peers of a group by their numbers |
| \`all\` | every peer; the tracker is none, and is written \`tracker\` where it may be meant |
| \`leechers + seeder\` | union |
| \`leechers - leechers/3\` | difference; a blank before the \`-\`, since names may have hyphens |
| \`leechers & europe\` | intersection; binds more tightly than \`+\` and \`-\`, which are read from the left |
| \`(a + b) & c\` | parentheses group |

A set that is empty is an error. \`count\` and \`share\` take only some of a set: those are drawn, by the seed and the
fault's name.

## Conditions

\`<figure>(<set>) <comparison> <value>\`, by which a fault begins (\`when\`) or a run is given up (\`abort_on\`). Without
a set, all peers that must complete are meant. Comparisons are \`<\`, \`<=\`, \`>\`, \`>=\`, \`==\` and \`!=\`. A condition is
looked at about ten times a second. Examples: \`completed(leechers) >= 50%\`, \`alive(europe) < 3\`, \`elapsed > 30s\`.

| figure | meaning | value |
| --- | --- | --- |
${figureRows}

\`elapsed\` and \`availability\` are of the whole swarm and take no set. A condition that can never hold is an error:
\`completed(leechers) >= 99\` of twelve, \`progress\` of peers that lack nothing, \`elapsed\` beyond the time limit. So is,
in \`abort_on\`, one that holds at the start. A figure without data holds nothing.

## Thresholds

\`<metric> <comparison> <value>\`, judged over all repeats. The metrics are those of [metrics.md](metrics.md), of the
swarm (\`completion.p95 < 30s\`), of a group (\`leechers.completion.max < 1min\`), of a peer
(\`leechers/3.uploaded > 1MiB\`) or of any [set](#sets-of-peers), which has the metrics of a group
(\`(leechers & europe).completion.p95 < 20s\`, \`europe.waste < 2%\`). \`all.\` and peers by their numbers (\`leechers/2-5.waste < 2%\`) need no parentheses. In a group of one
\`seeder.uploaded\` and \`seeder/1.uploaded\` are the same peer's. The value has the metric's unit; a share is written
\`80%\` or \`0.8\`. A threshold that every possible value meets, or none, is an error: \`waste < 2\` (200 %),
\`bans >= 0\`, \`completion.min > 2min\` of a run that ends after one. A metric without data is inconclusive, never a pass.

## Delays between regions

Between two peers with regions, the delay from the one region to the other is added to the latencies of both links.
\`preset: cloud\` has the regions ${Object.keys(regionPresets.cloud.roundTripMs)
  .map((name) => `\`${name}\``)
  .join(', ')}. Its figures are half the round trips that a provider publishes
(${regionPresets.cloud.source}), the mean of both directions; within a region half of what is published between the
zones of one region. The page calls its figures average latency without saying that they are there and back; they must
be, since one way they would be far above what the distances need.

## Extending and including

\`extends: other.yaml\` puts this file over another, \`include\` over several; paths are relative to the file in which they
stand. Maps are put together key by key, everything else is replaced as a whole, and so is one way of saying a thing by
another: \`exponential\` replaces \`normal\`, \`generate\` replaces \`folders\`. A key without a value removes what stood
there. Errors name the file in which the mistake stands. \`--set\` comes last.

## Variables

\`variables: { rate: 8Mbit/s }\` and then \`up: \${rate}\` in any value; quoted inside of \`{ }\` and \`[ ]\`:
\`{ up: "\${rate}" }\`. A value that is one reference becomes what the variable is, be it a map; in a longer text
(\`"\${n}s"\`) it must be text or a number. Variables may use others. \`$\${\` stands for \`\${\`. A variable that this file
defines and nothing uses is an error.

## Sweeps

\`\`\`yaml
sweep:
  product:
    defaults.policy.picker: [rarest-first, random, sequential]
    peers.leechers.count: { from: 2, to: 32, steps: 5, scale: geometric }
repeat: 5
baseline: { defaults.policy.picker: random }
\`\`\`

makes fifteen arms and the baseline, each run five times. Every setting is validated before anything runs.
`;
