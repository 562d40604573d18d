/** Backslashes before what begins a construct of CommonMark or GitHub's tables anywhere in a line. */
const INLINE = /[\\`*|~]|\](?=[([:])|<(?=[a-z/!?])|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/giu;

/** What begins a block: a heading, a quotation, an item of a list, a line under a heading, indented code. */
const LINE_START = /^[ \t]*(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=]{2,}[ \t]*$|\d{1,9}(?=[.)](?:\s|$)))/gm;

/** Text of a user, so that Markdown shows it as it was written. Lines stay lines; an indent is dropped. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(INLINE, (found) => `\\${found}`)
    .replaceAll(/^[ \t]+/gm, '')
    .replaceAll(LINE_START, (found) => (/\d/.test(found) ? `${found}\\` : `\\${found}`));
}

/** As code in a line; a text with a backtick of its own stands between two. */
export function markdownCode(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
