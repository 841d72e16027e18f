/** What the simulated providers were asked to do in one run. */
export class Tally {
  created = 0;
  updated = 0;
  destroyed = 0;
  imported = 0;
  refused = 0;
  failed = 0;

  toString(): string {
    const done = [
      [this.created, "created"],
      [this.updated, "updated"],
      [this.destroyed, "destroyed"],
      [this.imported, "imported"],
      [this.refused, "refused"],
      [this.failed, "failed as asked"],
    ] as const;
    const said = done.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return said.length > 0 ? said.join(", ") : "nothing was changed";
  }
}
