/** scenarios/README.md: which shipped scenario answers which question, from the comments at their tops. */

export interface ScenarioText {
  /** Relative to scenarios/. */
  readonly path: string;
  readonly text: string;
}

const INTRODUCTION = `<!-- Written by node scripts/scenario-reference.mjs from the comments of the scenarios. -->

# Which scenario answers which question

Run one with \`npm run sim scenarios/<name>.yaml\`. The comment at the top of each file says what to look at and all that was found; what it expects is checked by every run.
`;

/** In the order of the paths. */
export function scenarioIndex(scenarios: readonly ScenarioText[]): string {
  const isIn =
    (folder: string) =>
    ({ path }: ScenarioText): boolean =>
      path.startsWith(`${folder}/`);
  const isSweep = ({ text }: ScenarioText): boolean => /^sweep:/m.test(text);
  const section = (title: string, members: readonly ScenarioText[]): string =>
    `## ${title}\n\n${members.map(entryOf).join('\n')}\n`;
  const own = scenarios.filter(({ path }) => !path.includes('/'));
  return [
    INTRODUCTION,
    section(
      'One swarm',
      own.filter((one) => !isSweep(one)),
    ),
    section(
      'Several arms, compared',
      own.filter((one) => isSweep(one)),
    ),
    section('An image for a fleet of machines', scenarios.filter(isIn('fleet'))),
    section('Results of the literature, run again', scenarios.filter(isIn('papers'))),
  ].join('\n');
}

function entryOf({ path, text }: ScenarioText): string {
  const name = path.replace(/^.*\//, '').replace(/\.yaml$/, '');
  const question = upTo(/\?/, commentOf(text, 1));
  const finding = upTo(/\.(?= [A-Z]|$)/, commentOf(text, 2));
  const first = finding.slice(0, 1).toUpperCase() + finding.slice(1);
  return `- **${question}** [${name}](${path})\\\n  ${first}`;
}

/** The part of the top comment before `Look at` or `Source:` (1), and the finding (2), each as one line. */
function commentOf(text: string, part: 1 | 2): string {
  const lines = text.split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join(' ')
    .trim();
  const at = comment.indexOf('Finding: ');
  return part === 1 ? comment.slice(0, at) : comment.slice(at + 'Finding: '.length);
}

/** The beginning of a text up to the first match, which belongs to it. */
function upTo(end: RegExp, text: string): string {
  const found = end.exec(text);
  return found === null ? text : text.slice(0, found.index + found[0].length);
}
