import type { Change, Preview, StackPreview } from "../../lib/cli/preview/model/preview";
import { previewSchema } from "../../lib/cli/preview/model/preview";
import { PreviewProject } from "../support/preview-project";
import type { Outcome } from "../support/project";

const PASSWORD = "correct-horse-battery";
const TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

const stack = (name: string, resource: object, more: object = {}) => ({
  config: {
    terraform: {
      required_providers: { aws: { source: "hashicorp/aws" } },
      backend: { s3: { bucket: "state", key: name, region: "us-east-1" } },
    },
    provider: { aws: [{ region: "us-east-1" }] },
    resource,
    ...more,
  },
});

const network = (range: string) =>
  stack(
    "network",
    {
      aws_vpc: { v: { cidr_block: range, tags: { Note: `${TOKEN} ${range}`, Password: PASSWORD } } },
      aws_subnet: { s: { vpc_id: "${aws_vpc.v.id}", cidr_block: range } },
    },
    { output: { range: { value: range }, vpc: { value: "${aws_vpc.v.id}" } } },
  );

/** Reads the network's state without a word to cdktf, and never changes itself. */
const reader = stack(
  "reader",
  {
    aws_ssm_parameter: {
      p: {
        name: "/p",
        type: "String",
        value: "v",
        description: "${data.terraform_remote_state.n.outputs.range}",
      },
    },
  },
  {
    data: {
      terraform_remote_state: {
        n: { backend: "s3", config: { bucket: "state", key: "network", region: "us-east-1" } },
      },
    },
  },
);

const addresses = (names: Record<string, string>, more: object = {}) =>
  stack(
    "addresses",
    {
      aws_eip: Object.fromEntries(
        Object.entries(names).map(([name, tag]) => [name, { tags: { Name: tag } }]),
      ),
    },
    more,
  );

const kept = (bucket: string) =>
  stack("kept", {
    aws_s3_bucket: { b: { bucket, lifecycle: { prevent_destroy: true }, tags: { note: PASSWORD } } },
  });

/** The bucket that the states are in, or no more. */
const held = (bucket: boolean) =>
  stack("held", { aws_eip: { e: {} }, ...(bucket && { aws_s3_bucket: { b: { bucket: "state" } } }) });

/** An image that a parameter names, and a program that would run beside the provider. */
const machine = (parameter: string, version: string) => {
  const { config } = stack(
    "machine",
    {
      aws_launch_template: { t: { name: "t", image_id: "${data.aws_ssm_parameter.p.insecure_value}" } },
      aws_eip: { e: { tags: { Name: version }, provisioner: [{ "local-exec": { command: "exit 1" } }] } },
      ...(parameter === "/new" && {
        aws_vpc: { v: { cidr_block: "10.0.0.0/16", provisioner: [{ "local-exec": { command: "exit 1" } }] } },
      }),
    },
    { data: { aws_ssm_parameter: { p: { name: parameter } } } },
  );
  return {
    config: {
      ...config,
      terraform: { ...config.terraform, required_providers: { aws: { source: "hashicorp/aws", version } } },
    },
  };
};

const still = stack("still", { aws_eip: { e: {} } });

let project: PreviewProject;
afterAll(() => {
  project.remove();
});

describe("a branch that edits several stacks", () => {
  let outcome: Outcome & { readonly document: Preview };
  beforeAll(async () => {
    project = new PreviewProject({
      network: network("10.0.0.0/16"),
      reader,
      addresses: addresses({ plain: "one", marked: "two" }),
      kept: kept("one"),
      held: held(true),
      machine: machine("/old", "6.24.0"),
      still,
      gone: stack("gone", { aws_s3_bucket: { b: { bucket: "gone" } } }),
    });
    project.git("switch", "--quiet", "-c", "topic");
    project.commit({
      network: network("10.1.0.0/16"),
      reader,
      addresses: addresses(
        { renamed: "one", moved: "two" },
        { moved: [{ from: "aws_eip.marked", to: "aws_eip.moved" }] },
      ),
      kept: kept("two"),
      held: held(false),
      machine: machine("/new", "6.25.0"),
      still,
      new: stack("new", { aws_eip: { e: {} } }),
    });
    outcome = await project.preview();
  });

  const named = (name: string): StackPreview => {
    const found = outcome.document.stacks.find((one) => one.name === name);
    if (!found) throw new Error(`no stack ${name} in ${outcome.stderr}`);
    return found;
  };
  const change = (name: string, address: string): Change | undefined =>
    named(name).changes.find((one) => one.address === address);

  test("is compared with the commit that it left main at, and says how it knows", () => {
    expect(outcome.document).toMatchObject({
      simulated: true,
      base: { ref: "main", commit: project.git("rev-parse", "main") },
      head: { commit: project.git("rev-parse", "topic"), dirty: false },
    });
    expect(outcome.stdout).toContain("Simulated: no cloud was asked. Terraform 1.");
  });

  test("makes a document of the published form", () => {
    expect(previewSchema.parse(outcome.document)).toEqual(outcome.document);
  });

  test("replaces what an attribute forces, and what follows from it", () => {
    expect(change("network", "aws_vpc.v")).toMatchObject({
      action: "replace",
      certainty: "documented",
      stateful: "the network, with all that stands in it",
      forcedBy: [{ attribute: "cidr_block", source: expect.stringContaining("ForceNew") as string }],
      follows: [],
    });
    expect(change("network", "aws_vpc.v")?.attributes).toContainEqual(
      expect.objectContaining({
        path: "cidr_block",
        before: { kind: "value", text: '"10.0.0.0/16"' },
        after: { kind: "value", text: '"10.1.0.0/16"' },
        effect: "replaces",
      }),
    );
    expect(change("network", "aws_subnet.s")).toMatchObject({ action: "replace", follows: ["aws_vpc.v"] });
    expect(outcome.stdout).toContain("→ ± aws_subnet.s (aws_subnet) replaced, documented");
  });

  test("shows neither ids that were made up, nor what AWS computes", () => {
    const vpc = change("network", "aws_vpc.v");
    expect(vpc?.attributes.map(({ path }) => path)).toEqual(["cidr_block", "tags.Note"]);
    expect(named("network").outputs).toContainEqual({
      ...{ name: "vpc", action: "update" },
      ...{ before: { kind: "value", text: '"{aws_vpc.v}"' }, after: { kind: "unknown" } },
    });
    expect(JSON.stringify(outcome.document)).not.toMatch(/vpc-[0-9a-f]{17}/);
  });

  test("changes a stack of which no byte is edited, when it reads what another stack puts out", () => {
    expect(named("reader")).toMatchObject({ status: "changed" });
    expect(change("reader", "aws_ssm_parameter.p")?.attributes).toEqual([
      expect.objectContaining({ path: "description", after: { kind: "value", text: '"10.1.0.0/16"' } }),
    ]);
  });

  test("moves what has a moved block, and suggests one for what looks renamed", () => {
    expect(change("addresses", "aws_eip.moved")).toMatchObject({
      action: "move",
      previousAddress: "aws_eip.marked",
    });
    expect(change("addresses", "aws_eip.plain")).toMatchObject({
      action: "destroy",
      stateful: expect.any(String) as string,
    });
    expect(named("addresses").renames).toEqual([
      { type: "aws_eip", from: "aws_eip.plain", to: "aws_eip.renamed", differs: [], forces: [] },
    ]);
  });

  test("cannot be planned where a resource is protected, which ends with an error", () => {
    expect(named("kept")).toMatchObject({
      status: "failed",
      changes: [],
      errors: [{ summary: "Instance cannot be destroyed" }],
    });
    expect(outcome.code).toBe(1);
  });

  test("is known to fail where the cloud refuses what is planned", () => {
    expect(change("held", "aws_s3_bucket.b")).toMatchObject({
      action: "destroy",
      stateful: "all objects in it",
    });
    expect(named("held").refusals).toEqual([
      {
        summary: "cannot delete this aws_s3_bucket",
        detail: expect.stringContaining("BucketNotEmpty") as string,
      },
    ]);
  });

  test("is less sure of what a data source answers, of programs that it does not run, and of another provider", () => {
    expect(change("machine", "aws_launch_template.t")).toMatchObject({
      ...{ action: "update", certainty: "depends-on-data" },
      attributes: [{ path: "image_id", before: { kind: "simulated" }, after: { kind: "simulated" } }],
    });
    expect(change("machine", "aws_vpc.v")).toMatchObject({ action: "create", certainty: "not-simulated" });
    expect(named("machine")).toMatchObject({
      ...{ status: "changed", refusals: [] },
      notes: [
        "The provider aws changes from 6.24.0 to 6.25.0: what another version does of itself is not simulated.",
      ],
    });
  });

  test("leaves behind what a stack holds that is taken out, and creates what a new one has", () => {
    expect(named("gone")).toMatchObject({
      status: "removed",
      changes: [{ address: "aws_s3_bucket.b", action: "forget", stateful: "all objects in it" }],
    });
    expect(named("new")).toMatchObject({ status: "added", changes: [{ action: "create" }] });
  });

  test("leaves the rest alone", () => {
    expect(named("still")).toMatchObject({ status: "unchanged", changes: [], outputs: [] });
    expect(outcome.stdout).toContain("No changes: still");
  });

  test("gives away no secret", () => {
    const said = outcome.stdout + outcome.stderr + JSON.stringify(outcome.document);
    for (const secret of [PASSWORD, TOKEN, TOKEN.slice(4)]) expect(said).not.toContain(secret);
    expect(change("network", "aws_vpc.v")?.attributes[1]).toMatchObject({
      before: { kind: "value", text: '"ghp_(hidden) 10.0.0.0/16"' },
    });
  });

  test("leaves nothing in the working tree and in git", () => {
    expect(project.git("status", "--porcelain")).toBe("");
    expect(project.git("worktree", "list").split("\n")).toHaveLength(1);
  });
});
