interface Change {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Values | null;
    readonly after: Values | null;
    readonly after_unknown: Values;
  };
}

type Values = Readonly<Record<string, unknown>>;

/**
 * What a plan does, as `terraform show -json` prints it: each resource that it touches, and of one that it changes in place which
 * attributes, those of a map by their keys.
 */
export function changesIn(plan: string): Readonly<Record<string, string>> {
  const { resource_changes: all = [] } = JSON.parse(plan) as { resource_changes?: Change[] };
  return Object.fromEntries(
    all
      .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
      .map(({ address, change: { actions, before, after, after_unknown: unknown } }) => [
        address.replace(/_[0-9A-F]{8}$/, ""),
        actions.join() === "update" ? changed(before ?? {}, after ?? {}, unknown).join() : actions.join(),
      ]),
  );
}

function changed(before: Values, after: Values, unknown: Values): string[] {
  return Object.keys({ ...before, ...after, ...unknown })
    .filter((key) => unknown[key] === true || JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .flatMap((key) => {
      const [was, is] = [before[key], after[key]];
      return isMap(was) && isMap(is) ? changed(was, is, {}).map((inner) => `${key}.${inner}`) : [key];
    })
    .sort();
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
