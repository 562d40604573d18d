/** experiment.md: an experiment for a reader who was not there. */
import { describeMachine } from '../../result/machine-text.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import {
  doubts,
  expectationColumns,
  expectationRows,
  explanationsOf,
  headline,
  metricTables,
} from './experiment-columns.ts';
import { verdictWord } from '../columns.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import { renderMarkdownTable } from '../table.ts';

export function renderExperimentMarkdown(experiment: Experiment): string {
  const { scenario, verdict } = experiment;
  const expected = expectationRows(experiment);
  const sections = [
    `# ${escapeMarkdown(scenario.name)}: ${verdictWord(verdict.outcome, verdict.trust)}`,
    `**${verdictWord(verdict.outcome.toUpperCase(), verdict.trust)}**: ${headline(experiment)}.`,
    list(doubts(experiment).map(escapeMarkdown)),
    escapeMarkdown(scenario.description),
    expected.length === 0
      ? ''
      : section(
          'Expectations',
          'A threshold passes when it holds in every repeat of the arm.',
          renderMarkdownTable(
            expectationColumns,
            expected.map(({ cells }) => cells),
          ),
        ),
    section(
      'Figures',
      ...metricTables(experiment).map(({ columns, rows }) =>
        renderMarkdownTable(
          columns,
          rows.map(({ cells }) => cells),
        ),
      ),
      list(explanationsOf(experiment)),
    ),
    runsSection(experiment),
    circumstances(experiment),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function runsSection({ runs }: Experiment): string {
  const columns = ['order', 'arm', 'repeat', 'seed', 'verdict', 'trust', 'report'];
  return section(
    'Runs, in the order in which they were run',
    renderMarkdownTable(
      columns.map((head) => ({ head, isMarkup: head === 'report' })),
      runs.map(({ arm, repeat, seed, outcome, because, trust, folder }, position) => [
        String(position + 1),
        arm,
        String(repeat),
        seed,
        because === null ? outcome : `${outcome} (${because})`,
        trust,
        `[${escapeMarkdown(folder)}](${encodeURI(folder)}/report.md)`,
      ]),
    ),
  );
}

function circumstances({ environment, seed, engine, startedAt, repeats, baseline }: Experiment): string {
  return section(
    'How it was run',
    renderMarkdownTable(
      [{ head: 'what' }, { head: 'value' }],
      [
        ['seed', seed],
        ['engine', engine],
        ['started', startedAt],
        ['repeats of each arm', String(repeats)],
        ['baseline', baseline ?? 'none'],
        ['version, commit', `${environment.version}, ${environment.commit ?? 'not a git checkout'}`],
        ['Node, platform', `${environment.node}, ${environment.platform}`],
        ['machine', describeMachine(environment)],
      ],
    ),
    'Each block of runs has every arm once, in random order. Repeat n of every arm has the same seed.',
  );
}

function section(title: string, ...parts: readonly string[]): string {
  return [`## ${title}`, ...parts.filter((part) => part !== '')].join('\n\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
