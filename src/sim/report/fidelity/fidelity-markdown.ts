/** The fidelity of scenarios for a document. */
import { describeMachine } from '../../result/machine-text.ts';
import type { Fidelity } from '../../fidelity/fidelity.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import { renderMarkdownTable } from '../table.ts';
import {
  armTable,
  fidelityExplanations,
  fidelityHeadline,
  fidelityReasons,
  figureTable,
} from './fidelity-tables.ts';

/** A line for each arm, with the day and the machine. */
export function renderFidelitySummary(all: readonly Fidelity[]): string {
  const { columns, rows } = armTable(all);
  const [first] = all;
  const when =
    first === undefined
      ? ''
      : `${first.startedAt.slice(0, 10)}, commit ${first.environment.commit ?? 'unknown'}, Node ${first.environment.node}, ${describeMachine(first.environment)}`;
  return `${[`${fidelityHeadline(all)}.`, renderMarkdownTable(columns, rows), escapeMarkdown(when)].join('\n\n')}\n`;
}

/** fidelity.md */
export function renderFidelityMarkdown(fidelity: Fidelity): string {
  const { columns, rows } = figureTable([fidelity]);
  const notes = [...fidelityReasons([fidelity]), ...fidelityExplanations];
  const parts = [
    `# ${escapeMarkdown(fidelity.scenario.name)}: virtual time beside threads`,
    renderFidelitySummary([fidelity]).trimEnd(),
    '## Figures',
    renderMarkdownTable(columns, rows),
    notes.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    'The runs are in experiment.md.',
  ];
  return `${parts.join('\n\n')}\n`;
}
