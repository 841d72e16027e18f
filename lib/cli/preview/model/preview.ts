import { z } from "zod";

/**
 * The longest texts and lists that a document may have. One that a fork's job made is read by a job with rights, so
 * nothing in it may be without an end.
 */
const text = z.string().max(2_000);
const longText = z.string().max(20_000);
const MAX = { stacks: 500, changes: 20_000, details: 500 } as const;

const shown = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("value"), text })
    .describe("JSON of the value, shortened where it is long"),
  z.strictObject({ kind: z.literal("none") }).describe("not set"),
  z.strictObject({ kind: z.literal("unknown") }).describe("known after the deploy"),
  z.strictObject({ kind: z.literal("simulated") }).describe("made up by the simulator, so not told"),
  z.strictObject({ kind: z.literal("sensitive") }).describe("not told, since it is or may be a secret"),
]);

const attributeChange = z.strictObject({
  path: text.describe("through nested blocks with dots, without indexes"),
  before: shown,
  after: shown,
  effect: z
    .enum(["replaces", "may-replace", "in-place", "not-known", "sets"])
    .describe("what a change of this attribute does to the resource; 'sets' where the resource is new"),
  source: text.optional().describe("who says so, or on what it depends"),
});

const change = z.strictObject({
  address: text,
  type: text,
  path: text.optional().describe("the construct's path in the stack"),
  previousAddress: text.optional(),
  action: z.enum(["create", "update", "replace", "destroy", "move", "forget", "import"]),
  createFirst: z
    .boolean()
    .optional()
    .describe("of a replacement: the new one is there before the old one goes"),
  certainty: z.enum(["certain", "documented", "may-replace", "depends-on-data", "not-simulated"]),
  stateful: text.optional().describe("what is lost with it; absent where nothing is known to be"),
  forcedBy: z
    .array(z.strictObject({ attribute: text, source: text.optional() }))
    .max(MAX.details)
    .describe("the attributes that force the replacement"),
  follows: z.array(text).max(MAX.details).describe("the addresses of what this change comes from"),
  attributes: z.array(attributeChange).max(MAX.details),
  disruption: z.array(text).max(MAX.details).describe("what is interrupted, beyond Terraform's verb"),
  notes: z.array(text).max(MAX.details).describe("what else Terraform's verb does not say"),
});

const diagnostic = z.strictObject({ summary: longText, detail: longText, address: text.optional() });

const rename = z.strictObject({
  type: text,
  from: text,
  to: text,
  differs: z.array(text).max(MAX.details).describe("the attributes in which the two are not alike"),
  forces: z.array(text).max(MAX.details).describe("those of them that would replace it all the same"),
});

const unprotected = z.strictObject({
  address: text,
  path: text.optional(),
  type: text,
  by: text.describe("the setting that protected it"),
  stateful: text.optional().describe("what is lost with it"),
});

const outputChange = z.strictObject({
  name: text,
  action: z.enum(["create", "update", "destroy"]),
  before: shown,
  after: shown,
});

const stack = z.strictObject({
  name: text,
  status: z.enum(["changed", "unchanged", "added", "removed", "failed"]),
  incomplete: z
    .boolean()
    .optional()
    .describe("true: more would be done than is told; a note of the document says why"),
  changes: z.array(change).max(MAX.changes),
  outputs: z.array(outputChange).max(MAX.changes),
  renames: z.array(rename).max(MAX.details).describe("pairs that look like one resource under a new address"),
  unprotected: z
    .array(unprotected)
    .max(MAX.details)
    .describe("what the next destroy takes, which was protected on the base"),
  errors: z.array(diagnostic).max(MAX.details).describe("why there is no plan"),
  refusals: z.array(diagnostic).max(MAX.details).describe("why an apply of the plan is known to fail"),
  notes: z.array(longText).max(MAX.details),
});

export const previewSchema = z.strictObject({
  version: z.literal(1),
  simulated: z.boolean().describe("true: no cloud was asked; false: made of real plans"),
  base: z.strictObject({ ref: text, commit: text }).optional(),
  head: z.strictObject({ commit: text, dirty: z.boolean() }).optional(),
  tool: text.describe("what planned, such as 'Terraform 1.11.4'"),
  notes: z.array(longText).max(MAX.details).describe("what has to be known before anything else"),
  assumptions: z.array(text).max(MAX.details),
  stacks: z.array(stack).max(MAX.stacks),
});

/** What a preview tells: the same for a simulated plan as for a real one, and for each format. It holds no secrets. */
export type Preview = z.infer<typeof previewSchema>;
export type StackPreview = z.infer<typeof stack>;
export type Change = z.infer<typeof change>;
export type AttributeChange = z.infer<typeof attributeChange>;
export type Shown = z.infer<typeof shown>;
export type Certainty = Change["certainty"];
export type Action = Change["action"];

/** The longest `text` of the schema, for those who make one. */
export const TEXT_MAX = 2_000;
export const LONG_TEXT_MAX = 20_000;
/** How many attributes of a change, or followers, are kept. */
export const DETAILS_MAX = MAX.details;
/** How many changes a stack may have. */
export const CHANGES_MAX = MAX.changes;
