/**
 * The actions that a page lists, by the heading of the third level that they stand under: the first column of its tables.
 *
 * @param action what an action looks like on the cloud that the page is of
 */
export function documentedActions(page: string, action: RegExp): Readonly<Record<string, readonly string[]>> {
  const row = new RegExp(`^\\| \`(${action.source})\` +\\|`, "gm");
  return Object.fromEntries(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => [
        section.split("\n")[0],
        [...section.matchAll(row)].map(([, listed = ""]) => listed).sort(),
      ]),
  );
}
