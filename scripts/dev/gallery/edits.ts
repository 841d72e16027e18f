import type { Edit } from "./edit";
import { estateEdits } from "./estate-edits";
import { machineEdits } from "./machine-edits";
import { networkEdits } from "./network-edits";
import { platformEdits } from "./platform-edits";
import { refusedEdits } from "./refused-edits";
import { renamingEdits } from "./renaming-edits";

export const edits: readonly Edit[] = [
  ...machineEdits,
  ...networkEdits,
  ...renamingEdits,
  ...estateEdits,
  ...platformEdits,
  ...refusedEdits,
];
