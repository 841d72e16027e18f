/** Characters that move the cursor, hide text or turn its direction: names from elsewhere may hold them. */
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text on one line that a terminal shows and does nothing else with. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ").replace(CONTROL, "\ufffd");
}

/** The same, with its lines kept. */
export function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map(oneLine);
}

/**
 * A Markdown code span. Nothing in one is markup: no HTML, link, mention or reference to an issue, on GitHub and GitLab
 * alike. A back quote would end it, and a bar would end a table's cell even in there; both are replaced.
 */
export function code(text: string): string {
  const plain = oneLine(text).replaceAll("`", "ˋ").replaceAll("|", "¦");
  // A span of blanks only is none, and one blank on each side would be taken off.
  return `\`${plain.trim() === "" ? "(empty)" : plain.trim()}\``;
}

/** Letters and punctuation that cannot be markup, wherever in a line they stand. */
const HARMLESS = /^(?:[A-Za-z0-9 ,;:'()!?-]|\.(?=\s|$))+$/;
/** What GitHub makes a link of all the same: issues and commits. */
const REFERENCE = /\bGH-\d|\b[0-9a-f]{7,}\b/i;

/** A sentence as it is where nothing in it can be markup, and a code span otherwise. Never at the start of a line. */
export function prose(text: string): string {
  return HARMLESS.test(text) && !REFERENCE.test(text) ? text : code(text);
}

/** A fenced block, of which nothing is markup either. */
export function fenced(text: string, language = ""): string {
  const body = lines(text).map((line) => line.replaceAll("```", "ˋˋˋ"));
  return ["```" + language, ...body, "```"].join("\n");
}
