/** Elements whose text is text, whatever a user has called something. */
type Attributes = Readonly<Record<string, string>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A list to choose from with its label. */
export function chooser(
  label: string,
  choices: readonly Choice[],
  onChange: (value: string) => void,
): HTMLLabelElement {
  const list = element('select', {}, ...choices.map(({ value, text }) => element('option', { value }, text)));
  list.addEventListener('change', () => onChange(list.value));
  return element('label', {}, `${label} `, list);
}

/** A box to tick with its label. */
export function tickBox(label: string, onChange: (isTicked: boolean) => void): HTMLLabelElement {
  const box = element('input', { type: 'checkbox' });
  box.addEventListener('change', () => onChange(box.checked));
  return element('label', {}, box, ` ${label}`);
}

/** At most so many rows: a table is there to be read. */
const ROWS_MAX = 500;

export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): HTMLElement {
  const cells = (row: readonly (string | number)[]): HTMLElement[] =>
    row.map((cell, at) =>
      at === 0
        ? element('th', { scope: 'row' }, String(cell))
        : element(
            'td',
            { class: typeof cell === 'number' || /^[\d–<>]/.test(cell) ? 'number' : '' },
            String(cell),
          ),
    );
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = rows.slice(0, ROWS_MAX).map((row) => element('tr', {}, ...cells(row)));
  const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
  if (rows.length > ROWS_MAX) {
    table.prepend(element('caption', {}, `The first ${ROWS_MAX} of ${rows.length} rows`));
  }
  return element(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': 'Table of the chart' },
    table,
  );
}
