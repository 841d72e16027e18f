import type { SynthesizedStack } from "../source/synthesis";

/** A stack with what it needs: what cdktf says, and whose state it reads. */
export interface Node {
  readonly stack: SynthesizedStack;
  readonly needs: ReadonlySet<string>;
}

/** What Terraform would be told of a stack's states. */
export interface States {
  readonly own: string;
  readonly remote: readonly string[];
}

/**
 * The stacks with their dependencies. A remote state that was written by hand, and that cdktf knows nothing of, is a
 * dependency too.
 */
export function dependencies(
  stacks: Iterable<SynthesizedStack>,
  statesOf: (directory: string) => States,
): Map<string, Node> {
  const all = [...stacks].map((stack) => ({ stack, states: statesOf(stack.directory) }));
  const owners = new Map(all.map(({ stack, states }) => [states.own, stack.name]));
  return new Map(
    all.map(({ stack, states }) => {
      const read = states.remote.flatMap((state) => owners.get(state) ?? []);
      const needs = new Set([...stack.dependencies, ...read].filter((name) => name !== stack.name));
      return [stack.name, { stack, needs }];
    }),
  );
}

/** `names` and all that they need, by way of others too. */
export function withNeeds(nodes: ReadonlyMap<string, Node>, names: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    const node = nodes.get(name);
    if (!node || found.has(name)) return;
    found.add(name);
    node.needs.forEach(visit);
  };
  [...names].forEach(visit);
  return found;
}

/** `names` and all that needs them, by way of others too. */
export function withDependents(nodes: ReadonlyMap<string, Node>, names: Iterable<string>): Set<string> {
  const found = new Set(names);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const [name, { needs }] of nodes) if ([...needs].some((need) => found.has(need))) found.add(name);
  }
  return found;
}

/** The stacks in an order in which each comes after what it needs, and by name where that leaves a choice. */
export function ordered(nodes: ReadonlyMap<string, Node>): SynthesizedStack[] {
  const placed = new Set<string>();
  const result: SynthesizedStack[] = [];
  const place = (name: string, above: ReadonlySet<string>) => {
    const node = nodes.get(name);
    if (!node || placed.has(name) || above.has(name)) return;
    for (const need of [...node.needs].sort()) place(need, new Set([...above, name]));
    placed.add(name);
    result.push(node.stack);
  };
  for (const name of [...nodes.keys()].sort()) place(name, new Set());
  return result;
}
