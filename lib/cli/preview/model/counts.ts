import type { Change, Preview, StackPreview } from "./preview";

export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly destroy: number;
  /** Updates that may turn out to be replacements; counted as updates too. */
  readonly mayReplace: number;
  readonly move: number;
  readonly forget: number;
  readonly import: number;
}

export function countsOf(changes: readonly Change[]): Counts {
  const count = (test: (change: Change) => boolean) => changes.filter(test).length;
  const of = (action: Change["action"]) => count((one) => one.action === action);
  return {
    create: of("create"),
    update: of("update"),
    replace: of("replace"),
    destroy: of("destroy"),
    mayReplace: count(mayBeReplaced),
    move: of("move"),
    forget: of("forget"),
    import: of("import"),
  };
}

export function mayBeReplaced({ action, certainty }: Change): boolean {
  return action === "update" && certainty === "may-replace";
}

/** Whether something is lost for good that no deploy brings back: it is, or may be, destroyed with what is in it. */
export function losesState(change: Change): boolean {
  const { action, stateful } = change;
  return stateful !== undefined && (action === "destroy" || action === "replace" || mayBeReplaced(change));
}

/** Whether deploying the stack would do anything, as far as it is known, now or to what protects it. */
export function isChanged({ status, changes, outputs, unprotected, incomplete }: StackPreview): boolean {
  if (incomplete) return true;
  if (status === "added" || status === "removed") return true;
  return changes.length + outputs.length + unprotected.length > 0;
}

/** The exit code of a preview: 1 where a stack has no plan, 3 a guarded loss, 2 changes, 0 none. */
export function exitCode(preview: Preview, guard: boolean): number {
  const { stacks } = preview;
  if (stacks.some(({ status }) => status === "failed")) return 1;
  if (guard && stacks.some(({ changes }) => changes.some(losesState))) return 3;
  return stacks.some(isChanged) ? 2 : 0;
}
