import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { previewOfPlans, readDocument } from "../../lib/cli/preview/documents";
import { findBase } from "../../lib/cli/preview/source/base";
import { exitCode } from "../../lib/cli/preview/model/counts";
import { previewSchema } from "../../lib/cli/preview/model/preview";
import { describeSimulated } from "../../lib/cli/preview/model/stack";
import { parsePlan } from "../../lib/cli/preview/model/terraform-plan";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { renderMarkdown } from "../../lib/cli/preview/render/markdown";
import { renderTerminal } from "../../lib/cli/preview/render/terminal";
import { ROOT } from "../support/run";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "keelson-test-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function file(name: string, content: unknown): string {
  const place = path.join(directory, name);
  writeFileSync(place, typeof content === "string" ? content : JSON.stringify(content));
  return place;
}

/** One entry of a plan, as Terraform writes it. */
const entry = (type: string, name: string, change: object, more: object = {}) => ({
  ...{ address: `${type}.${name}`, mode: "managed", type, name, change },
  ...more,
});
const plan = (changes: object[], more: object = {}) => ({
  ...{ format_version: "1.2", terraform_version: "1.11.4", resource_changes: changes },
  ...more,
});
const documentOf = (changes: object[], more: object = {}) =>
  previewOfPlans([file("prod.json", plan(changes, more))]);
const onlyChange = (change: object, type = "aws_db_instance") =>
  documentOf([entry(type, "x", change)]).stacks[0]?.changes[0];

/** What is told of a stack that is simulated from `base` to `head`, with these changes in its plan. */
const simulated = (base: object, head: object, changes: object[]) =>
  describeSimulated(
    {
      ...{ name: "stack", status: "changed", held: [], answers: [], written: "", configurations: [] },
      ...{ base, head, baseErrors: [], planErrors: [], applyErrors: [] },
      plan: parsePlan(JSON.stringify(plan(changes)), "a plan"),
    },
    Facts.shipped(),
  );

describe("a real plan", () => {
  test("is told with the provider's word, under its file's name, as what it is", () => {
    const document = documentOf([
      entry("aws_db_instance", "x", {
        ...{ actions: ["delete", "create"], replace_paths: [["engine"]] },
        ...{ before: { engine: "a" }, after: { engine: "b" }, after_unknown: { id: true } },
      }),
    ]);
    expect(document).toMatchObject({ simulated: false, tool: "Terraform 1.11.4" });
    expect(document.stacks).toMatchObject([
      {
        name: "prod",
        status: "changed",
        changes: [
          {
            ...{ action: "replace", createFirst: false, certainty: "certain", stateful: "the database" },
            attributes: [{ path: "engine", effect: "replaces" }],
          },
        ],
      },
    ]);
    expect(exitCode(document, true)).toBe(3);
  });

  test("without changes is none", () => {
    const document = documentOf([entry("aws_eip", "x", { actions: ["no-op"], before: {}, after: {} })]);
    expect(document.stacks[0]).toMatchObject({ status: "unchanged", changes: [] });
    expect(exitCode(document, true)).toBe(0);
  });

  test("says what was changed outside of Terraform, and that it is not whole", () => {
    const drift = entry("aws_eip", "x", { actions: ["update"], before: { a: "1" }, after: { a: "2" } });
    const { stacks } = documentOf([], { resource_drift: [drift], errored: true });
    expect(stacks[0]?.notes).toEqual([
      "Terraform found 1 of its resources changed outside of it before it planned.",
      "This plan ended with an error: it is not all that would be done.",
    ]);
  });

  test("that ended with an error before anything was planned is not one without changes", () => {
    const document = documentOf([], { errored: true });
    expect(renderMarkdown(document)).toContain("This plan ended with an error");
    expect(exitCode(document, false)).toBe(1);
  });

  test("that ended with an error is none, and what was planned before is told", () => {
    const change = { actions: ["create"], before: null, after: {} };
    const document = documentOf([entry("aws_eip", "x", change)], { errored: true });
    expect(document.stacks[0]).toMatchObject({ status: "failed", changes: [{ action: "create" }] });
    expect(renderMarkdown(document)).toContain("aws_eip.x");
    expect(exitCode(document, false)).toBe(1);
  });

  test.each([
    ["that another one has to follow", [], { complete: false }, "another plan has to follow"],
    ["that puts changes off", [], { deferred_changes: [{}] }, "1 of its changes are put off until later"],
    [
      "of which checks fail",
      [],
      { checks: [{ status: "fail" }, { status: "pass" }] },
      "1 of its checks fail",
    ],
    [
      "with an action that is not known",
      [entry("aws_eip", "x", { actions: ["ponder"] })],
      {},
      "1 of its changes are of a kind that is not known here",
    ],
  ])("%s says so at the top, and is none without changes", (_name, changes, more, reason) => {
    const document = documentOf(changes, more);
    expect(document.notes).toEqual([expect.stringContaining(reason)]);
    for (const said of [renderMarkdown(document), renderTerminal(document)]) {
      expect(said).toContain("the plan is not complete");
      expect(said.toLowerCase()).not.toContain("no changes");
    }
    expect(exitCode(document, false)).toBe(2);
  });

  test("in each of the encodings that shells write is read", () => {
    const text = `\ufeff${JSON.stringify(plan([]))}`;
    const little = Buffer.from(text, "utf16le");
    for (const bytes of [Buffer.from(text), little, Buffer.from(little).swap16()]) {
      const place = path.join(directory, "encoded.json");
      writeFileSync(place, bytes);
      expect(previewOfPlans([place]).stacks).toMatchObject([{ name: "encoded", status: "unchanged" }]);
    }
  });

  test("with names that objects have already is read", () => {
    const change = {
      actions: ["create"],
      before: null,
      after: JSON.parse('{"__proto__":{"a":"1"}}') as object,
    };
    const { stacks, notes } = documentOf([entry("__proto__", "constructor", change)]);
    expect(stacks[0]?.changes).toMatchObject([{ type: "__proto__", action: "create" }]);
    expect(notes[0]).toContain("__proto__");
  });

  test("with JSON in a string that is nested without an end is read", () => {
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    expect(onlyChange({ actions: ["update"], before: { a: "[]" }, after: { a: deep } })).toMatchObject({
      attributes: [{ path: "a" }],
    });
  });

  test("with a copy that was left over does not call its destroy a loss", () => {
    const gone = entry(
      "aws_s3_bucket",
      "x",
      { actions: ["delete"], before: {}, after: null },
      { deposed: "1a2b3c4d" },
    );
    const document = documentOf([gone]);
    expect(renderTerminal(document)).toContain("an earlier replacement has left over");
    expect(renderMarkdown(document)).toContain("an earlier replacement has left over");
    expect(exitCode(document, true)).toBe(2);
  });

  test("tells what forces a replacement where its value is computed", () => {
    const change = {
      ...{ actions: ["create", "delete"], replace_paths: [["name"], ["port"], ["health_check", 0, "path"]] },
      before: { name: "a", port: null, tags: { Name: "a" }, health_check: [{ path: "/" }] },
      after: { port: null, tags: { Name: "b" }, health_check: [{ path: "/" }] },
      after_unknown: { name: true },
    };
    const resources = [{ address: "aws_lb_target_group.x", expressions: { tags: {} } }];
    const { stacks } = documentOf([entry("aws_lb_target_group", "x", change)], {
      configuration: { root_module: { resources } },
    });
    const forcing = stacks[0]?.changes[0]?.attributes.filter(({ effect }) => effect === "replaces");
    expect(forcing?.map(({ path: at }) => at).sort()).toEqual(["health_check.path", "name", "port"]);
    expect(forcing?.find(({ path: at }) => at === "name")?.after).toEqual({ kind: "unknown" });
  });

  test("of a provider without facts works, and says so", () => {
    const { notes, stacks } = documentOf([
      entry("acme_thing", "x", { actions: ["delete"], before: {}, after: null }),
    ]);
    expect(notes).toEqual([expect.stringContaining("Nothing is known of the resources of acme")]);
    expect(stacks[0]?.changes).toMatchObject([{ action: "destroy" }]);
  });

  test.each([
    [["create"], "create"],
    [["update"], "update"],
    [["delete"], "destroy"],
    [["create", "delete"], "replace"],
    [["forget"], "forget"],
    [["create", "forget"], "create"],
  ])("that has %j is told as %s", (actions, action) => {
    expect(onlyChange({ actions, before: { a: "1" }, after: { a: "2" } })).toMatchObject({ action });
  });

  test("shows an import", () => {
    const change = { actions: ["no-op"], before: {}, after: {}, importing: { id: "i" } };
    expect(onlyChange(change)).toMatchObject({ action: "import" });
  });
});

describe("a secret", () => {
  const SECRET = "hunter2-of-the-house";
  const said = (document: ReturnType<typeof documentOf>) =>
    [JSON.stringify(document), renderMarkdown(document), renderTerminal(document)].join("\n");

  test.each([
    ["that the provider marks", { before: { a: "x" }, after: { a: SECRET }, after_sensitive: { a: true } }],
    ["in a nested block", { before: {}, after: { b: [{ c: { password: SECRET } }] } }],
    ["in a list", { before: { tokens: [] }, after: { tokens: [SECRET] } }],
    ["in a tag", { before: { tags: {} }, after: { tags: { Password: SECRET } } }],
    [
      "in a block of names and values",
      { before: {}, after: { env: [{ name: "DB_PASSWORD", value: SECRET }] } },
    ],
    ["in user data", { before: {}, after: { user_data: `export A=${SECRET}` } }],
    ["in base64", { before: {}, after: { password: SECRET, note: Buffer.from(SECRET).toString("base64") } }],
    [
      "that turns up again elsewhere",
      { before: {}, after: { password: SECRET, description: `see ${SECRET}.` } },
    ],
    ["that was there before", { before: { password: SECRET, a: SECRET }, after: { password: "x", a: "b" } }],
    [
      "in JSON",
      { before: {}, after: { password: `a"${SECRET}`, policy: JSON.stringify({ v: `a"${SECRET}` }) } },
    ],
  ])("%s is not told", (_name, change) => {
    const document = documentOf([entry("acme_thing", "x", { actions: ["update"], ...change })]);
    expect(document.stacks[0]?.changes).toHaveLength(1);
    expect(said(document)).not.toContain(SECRET);
    expect(said(document)).not.toContain(Buffer.from(SECRET).toString("base64"));
  });

  test.each([
    ["a map", "kubernetes_secret_v1", (value: string) => ({ data: { colour: value } })],
    [
      "a nested block",
      "azurerm_linux_virtual_machine_scale_set",
      (value: string) => ({ extension: [{ protected_settings: value }] }),
    ],
    ["a map of the older name", "kubernetes_secret", (value: string) => ({ data: { colour: value } })],
    ["an attribute", "aws_ssm_parameter", (value: string) => ({ value })],
  ])(
    "in %s that was derived to be sensitive is not told, however short and plain",
    (_name, type, holding) => {
      const change = { actions: ["update"], before: holding("mauve"), after: holding("ochre") };
      const document = documentOf([entry(type, "x", change)]);
      expect(document.stacks[0]?.changes[0]?.attributes).toMatchObject([
        { before: { kind: "sensitive" }, after: { kind: "sensitive" } },
      ]);
      expect(said(document)).not.toMatch(/mauve|ochre/);
    },
  );

  test("of a set that is marked whole is not told, and what is plain in it hides nothing elsewhere", () => {
    const extension = [
      { name: "health", type: "ApplicationHealthLinux", protected_settings: SECRET, key: "m9x7q2v4" },
    ];
    const change = {
      ...{ actions: ["create"], before: null, after_sensitive: { extension: true } },
      after: { extension, tags: { a: "health", b: SECRET, c: "m9x7q2v4" } },
    };
    const document = documentOf([entry("acme_set", "health", change)]);
    expect(said(document)).not.toMatch(/hunter2|m9x7q2v4|ApplicationHealth/);
    expect(document.stacks[0]?.changes[0]?.address).toBe("acme_set.health");
    expect(said(document)).toContain('\\"health\\"');
  });

  test("of a data source or a provider's settings is not told", () => {
    const known = {
      mode: "data",
      type: "acme_login",
      values: { code: SECRET },
      sensitive_values: { code: true },
    };
    const expressions = { password: { constant_value: "mauve-ochre" }, token: { references: ["var.plain"] } };
    const after = { a: `it is ${SECRET}`, b: "it is mauve-ochre", c: "var.plain" };
    const document = documentOf([entry("acme_x", "x", { actions: ["create"], before: null, after })], {
      prior_state: { values: { root_module: { child_modules: [{ resources: [known] }] } } },
      configuration: { provider_config: { acme: { name: "acme", expressions } } },
    });
    expect(said(document)).not.toMatch(/hunter2|ochre/);
    expect(said(document)).toContain("var.plain");
  });

  test("that is a number is not told elsewhere either, where nothing else stands", () => {
    const after = { password: 482_113_907, port: "482113907", size: 482_113_907, note: "1482113907" };
    const document = documentOf([entry("acme_x", "x", { actions: ["create"], before: null, after })]);
    expect(said(document)).not.toMatch(/(?<!1)482113907/);
    expect(said(document)).toContain("1482113907");
  });

  test("in an output, a variable, a resource's name and a file's name is not told", () => {
    const changes = [
      entry("acme_thing", SECRET, { actions: ["update"], before: { a: "1" }, after: { a: "2" } }),
    ];
    const more = {
      output_changes: { o: { actions: ["update"], before: "a", after: SECRET, after_sensitive: true } },
      variables: { admin_password: { value: SECRET } },
    };
    const document = previewOfPlans([file(`${SECRET}.json`, plan(changes, more))]);
    expect(said(document)).not.toContain(SECRET);
    expect(document.stacks[0]).toMatchObject({
      name: "(hidden)",
      changes: [{ address: "acme_thing.(hidden)" }],
      outputs: [{ after: { kind: "sensitive" } }],
    });
  });

  test.each([
    ["an AWS access key", "AKIAIOSFODNN7EXAMPLE"],
    ["an AWS secret key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["a token of GitHub's", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
    ["a UUID", "4f2c9e1a-1c2d-4e5f-8a9b-0c1d2e3f4a5b"],
    ["base64", "c29tZSBzZWNyZXQgdGV4dCB0aGF0IGlzIGxvbmc="],
    ["hexadecimal", "9ad95b1f7d8a0b1e4c2f5a6b7c8d9e0f"],
  ])("that nothing but its looks betrays is not told: %s", (_name, secret) => {
    const change = { actions: ["update"], before: { a: "x" }, after: { a: `it is ${secret}, yes` } };
    expect(said(documentOf([entry("acme_thing", "x", change)]))).not.toContain(secret);
  });

  test.each([
    [
      "JSON in a string, by its key",
      "aws_x",
      "settings",
      JSON.stringify({ db: { password: "mauve-ochre" } }),
    ],
    [
      "JSON in a string, by the name beside it",
      "aws_ecs_task_definition",
      "container_definitions",
      JSON.stringify([{ environment: [{ name: "DB_PASSWORD", value: "mauve-ochre" }] }]),
    ],
    ["an assignment", "aws_x", "content", "A=1\nDB_PASSWORD=mauve-ochre\nB=2"],
    ["an assignment with quotes and blanks", "aws_x", "content", 'password = "mauve-ochre"'],
    ["YAML", "aws_x", "content", "user: me\npassword: mauve-ochre\nhost: x"],
    ["an argument", "aws_x", "command", "run --token mauve-ochre -v"],
    ["an argument beside its option", "aws_x", "command", ["run", "--password", "mauve-ochre"]],
    ["a URL", "aws_x", "endpoint", "postgres://app:mauve-ochre@db.example.com/x"],
    ["a short name", "aws_x", "variables", { DB_PASS: "mauve-ochre", master_pin: 9_482_113 }],
    ["a variable for it", "aws_x", "variables", { AUTH: "mauve-ochre", REDIS_AUTH: "mauve-ochre" }],
    ["the hump of a name", "aws_x", "variables", { dbPass: "mauve-ochre" }],
    ["its symbols", "aws_x", "value", "m9$Kq!7vP@2m#ochre"],
  ])("that %s betrays is not told", (_name, type, attribute, value) => {
    for (const before of [null, { [attribute]: "x" }]) {
      const change = { actions: [before ? "update" : "create"], before, after: { [attribute]: value } };
      expect(said(documentOf([entry(type, "x", change)]))).not.toMatch(/mauve|ochre|9482113/);
    }
  });

  test("in a line of user data is not told elsewhere either", () => {
    const script = Buffer.from("#!/bin/sh\nexport HUSH=mauve-ochre\n").toString("base64");
    const after = { user_data_base64: script, note: "it says export HUSH=mauve-ochre" };
    const document = documentOf([entry("aws_x", "x", { actions: ["create"], before: null, after })]);
    expect(said(document)).not.toContain("ochre");
  });

  test.each([
    "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    "ami-0abc123def4567890",
    "Standard_D2_v2",
    "m7i.large",
    "keelson-prod-us-east-1-state-000000000000",
    "https://master.prod-us-east-1.kube:6443",
    "10.0.0.0/16",
    "kubernetes.io/cluster/keelson-prod-us-east-1",
    "arn:aws:secretsmanager:eu-west-1:000000000000:secret:ledger-password",
    "the password: must have eight letters",
    "bypass=AzureServices",
  ])("is not seen in %s", (text) => {
    const change = { actions: ["update"], before: { a: "x" }, after: { a: text } };
    expect(said(documentOf([entry("acme_thing", "x", change)]))).toContain(text);
  });
});

describe("noise", () => {
  test("of tags_all is left out beside tags, and kept where nothing else tells it", () => {
    const paths = (tags: object) =>
      onlyChange({
        actions: ["update"],
        before: { tags: { a: "1" }, tags_all: { a: "1", b: "1" } },
        after: { tags, tags_all: { a: "2", b: "2" } },
      })?.attributes.map(({ path: at }) => at);
    expect(paths({ a: "2" })).toEqual(["tags.a"]);
    expect(paths({ a: "1" })).toEqual(["tags_all.a", "tags_all.b"]);
  });

  test("of blocks that are only written differently is none", () => {
    const change = onlyChange({
      actions: ["update"],
      before: { a: [], b: null, c: "1" },
      after: { a: null, b: [], c: "2" },
    });
    expect(change?.attributes.map(({ path: at }) => at)).toEqual(["c"]);
  });

  test("of what is computed is left out, where the configuration is known", () => {
    const configuration = {
      root_module: { resources: [{ address: "aws_eip.x", expressions: { domain: {} } }] },
    };
    const change = {
      actions: ["update"],
      before: { domain: "a", arn: "x" },
      after: { domain: "b" },
      after_unknown: { arn: true },
    };
    const { stacks } = documentOf([entry("aws_eip", "x", change)], { configuration });
    expect(stacks[0]?.changes[0]?.attributes.map(({ path: at }) => at)).toEqual(["domain"]);
  });
});

describe("what looks like a rename", () => {
  const role = (pool: string) => ({
    aws_iam_role: { [pool]: { name: pool, "//": { metadata: { path: `stack/pools/${pool}/role` } } } },
  });
  const roles = (gone: object, come: object) => {
    const changes = [
      entry("aws_iam_role", "one", { actions: ["delete"], before: gone, after: null }),
      entry("aws_iam_role", "two", { actions: ["create"], before: null, after: come }),
    ];
    const configuration = {
      root_module: {
        resources: [{ address: "aws_iam_role.two", expressions: { name: {}, path: {}, description: {} } }],
      },
    };
    return parsePlan(JSON.stringify(plan(changes, { configuration })), "a plan");
  };
  const renames = (base: object, head: object, description = "one") =>
    describeSimulated(
      {
        ...{ name: "stack", status: "changed", held: [], answers: [], written: "", configurations: [] },
        ...{ baseErrors: [], planErrors: [], applyErrors: [] },
        ...{
          base,
          head,
          plan: roles(
            { name: "one", path: "/", description: "one" },
            { name: "one", path: "/", description },
          ),
        },
      },
      Facts.shipped(),
    ).renames;

  test("is told of what is alike in all that is set", () => {
    expect(renames({ resource: role("one") }, { resource: role("two") })).toEqual([
      { type: "aws_iam_role", from: "aws_iam_role.one", to: "aws_iam_role.two", differs: [], forces: [] },
    ]);
  });

  test("is not told of what is unlike, and holds nothing that would be spared", () => {
    expect(renames({ resource: role("one") }, { resource: role("two") }, "two")).toEqual([]);
  });
});

test("default tags are changed as a resource's own are: by the fact about tags", () => {
  const change = {
    actions: ["update"],
    before: { tags: {}, tags_all: { a: "1" } },
    after: { tags: {}, tags_all: { a: "2" } },
  };
  const found = describeSimulated(
    {
      ...{
        name: "stack",
        status: "changed",
        held: [],
        answers: [],
        written: "",
        configurations: [],
        baseErrors: [],
        planErrors: [],
        applyErrors: [],
      },
      plan: parsePlan(JSON.stringify(plan([entry("aws_vpc", "v", change)])), "a plan"),
    },
    Facts.shipped(),
  );
  expect(found.changes).toMatchObject([
    { certainty: "documented", attributes: [{ path: "tags_all.a", effect: "in-place" }] },
  ]);
});

describe("a new resource", () => {
  test("shows what is set, and not what the provider fills in", () => {
    const configuration = {
      root_module: { resources: [{ address: "aws_eip.x", expressions: { domain: {} } }] },
    };
    const change = {
      actions: ["create"],
      before: null,
      after: { domain: "vpc", path: "/" },
      after_unknown: { id: true },
    };
    const { stacks } = documentOf([entry("aws_eip", "x", change)], { configuration });
    expect(stacks[0]?.changes[0]?.attributes.map(({ path: at }) => at)).toEqual(["domain"]);
  });
});

describe("a disruption", () => {
  const version = (value: string) => [{ version: value }];
  test("that Terraform calls an update is told where the provider starts a refresh", () => {
    const change = { actions: ["update"], before: { launch_template: version("1"), instance_refresh: [{}] } };
    const after = { launch_template: version("2"), instance_refresh: [{ strategy: "Rolling" }] };
    expect(onlyChange({ ...change, after }, "aws_autoscaling_group")?.disruption).toEqual([
      "its machines are replaced, some at a time: pods on them are evicted",
    ]);
    expect(
      onlyChange({ ...change, after: { launch_template: version("2") } }, "aws_autoscaling_group"),
    ).toMatchObject({
      disruption: [],
      notes: ["machines that run stay as they are until something replaces them"],
    });
  });

  test("is told by the facts on Azure", () => {
    const change = {
      actions: ["update"],
      before: { sku: "Standard_D2_v2" },
      after: { sku: "Standard_D3_v2" },
    };
    expect(onlyChange(change, "azurerm_linux_virtual_machine_scale_set")?.disruption).toEqual([
      expect.stringContaining("nodes are re-imaged"),
    ]);
  });

  const workload = (type: string, strategy: object) => {
    const specOf = (image: string) => [{ ...strategy, template: [{ spec: [{ container: [{ image }] }] }] }];
    const change = { actions: ["update"], before: { spec: specOf("a") }, after: { spec: specOf("b") } };
    return onlyChange(change, type);
  };

  test.each([
    ["kubernetes_stateful_set_v1", { update_strategy: [{ type: "RollingUpdate" }] }, "one after the other"],
    ["kubernetes_daemon_set_v1", {}, "node by node"],
    ["kubernetes_deployment_v1", { strategy: [{ type: "RollingUpdate" }] }, "some at a time"],
    ["kubernetes_deployment_v1", { strategy: [{ type: "Recreate" }] }, "all its pods are stopped at once"],
  ])("of pods is told by the strategy of a %s with %j", (type, strategy, told) => {
    expect(workload(type, strategy)).toMatchObject({
      disruption: [expect.stringContaining(told)],
      notes: [],
    });
  });

  test("is none of pods that stay until somebody deletes them, which is said", () => {
    expect(workload("kubernetes_stateful_set_v1", { update_strategy: [{ type: "OnDelete" }] })).toMatchObject(
      {
        disruption: [],
        notes: ["each of its pods stays as it is until somebody deletes it"],
      },
    );
  });

  test.each([
    [["delete", "create"], ["all its pods are stopped at once, and new ones are made then"]],
    [["delete"], ["all its pods are stopped"]],
    [
      ["create", "delete"],
      ["all its pods go once its successor is made, whether that one's are ready or not"],
    ],
  ])("of pods is told by %j of their workload, whatever its strategy says", (actions, disruption) => {
    const spec = [{ update_strategy: [{ type: "OnDelete" }] }];
    const after = actions.includes("create") ? { spec } : null;
    const change = { actions, before: { spec }, after, replace_paths: [["spec"]] };
    expect(onlyChange(change, "kubernetes_stateful_set_v1")?.disruption).toEqual(disruption);
  });

  test("is none of a StatefulSet's volumes, which nobody changes, and that is said", () => {
    const sized = (storage: string) => ({
      spec: [{ volume_claim_template: [{ spec: [{ resources: [{ requests: { storage } }] }] }] }],
    });
    const change = { actions: ["update"], before: sized("10Gi"), after: sized("20Gi") };
    expect(onlyChange(change, "kubernetes_stateful_set_v1")).toMatchObject({
      disruption: [],
      notes: [expect.stringContaining("its volumes stay as they are, and each plan finds this again")],
    });
  });

  test("is none where nothing of the kind changes", () => {
    const change = { actions: ["update"], before: { max_size: 1 }, after: { max_size: 2 } };
    expect(onlyChange(change, "aws_autoscaling_group")?.disruption).toEqual([]);
  });
});

describe("a policy", () => {
  const policy = (actions: string[]) =>
    JSON.stringify({
      Statement: [
        { Effect: "Allow", Action: actions },
        { Effect: "Deny", Action: "*" },
      ],
    });
  const change = {
    actions: ["update"],
    before: { policy: policy(["s3:GetObject"]) },
    after: { policy: policy(["s3:GetObject", "s3:PutObject"]) },
  };

  test("is told by what differs in it", () => {
    expect(onlyChange(change, "aws_iam_policy")?.attributes).toMatchObject([
      {
        path: "policy.Statement.Action",
        before: { kind: "none" },
        after: { kind: "value", text: '"s3:PutObject"' },
      },
    ]);
  });

  test("that is sensitive as a whole stays so in its parts", () => {
    const document = (user: string) => JSON.stringify({ user, note: "plain" });
    const hidden = {
      actions: ["update"],
      before: { value: document("one") },
      after: { value: document("two") },
    };
    expect(onlyChange(hidden, "aws_ssm_parameter")?.attributes).toMatchObject([
      { path: "value.user", before: { kind: "sensitive" }, after: { kind: "sensitive" } },
    ]);
  });
});

describe("a deploy that is known to fail", () => {
  const refusalsOf = (...changes: object[]) => documentOf(changes).stacks[0]?.refusals ?? [];
  const named = (name: string) => ({ name });

  test("is one that takes a name before it is free", () => {
    const gone = entry("aws_iam_role", "old", { actions: ["delete"], before: named("n"), after: null });
    const come = entry("aws_iam_role", "new", { actions: ["create"], before: null, after: named("n") });
    expect(refusalsOf(gone, come)).toMatchObject([
      { summary: "cannot create this aws_iam_role", detail: expect.stringContaining("EntityAlreadyExists") },
    ]);
    const other = entry("aws_iam_role", "new", { actions: ["create"], before: null, after: named("m") });
    expect(refusalsOf(gone, other)).toEqual([]);
  });

  test("is one whose successor has the same name and comes first", () => {
    const replaced = (actions: string[]) =>
      entry("aws_launch_template", "t", { actions, before: named("n"), after: named("n") });
    expect(refusalsOf(replaced(["create", "delete"]))).toHaveLength(1);
    expect(refusalsOf(replaced(["delete", "create"]))).toEqual([]);
  });

  test("is one that takes a vault's protection back, and not one that sets it", () => {
    const vault = (before: boolean, after: boolean) =>
      entry("azurerm_key_vault", "v", {
        actions: ["update"],
        before: { purge_protection_enabled: before },
        after: { purge_protection_enabled: after },
      });
    expect(refusalsOf(vault(true, false))).toMatchObject([
      { summary: "cannot change this azurerm_key_vault" },
    ]);
    expect(refusalsOf(vault(false, true))).toEqual([]);
  });

  test("is one that makes a vault of one name in another place", () => {
    const vault = (location: string) =>
      entry("azurerm_key_vault", "v", {
        actions: ["delete", "create"],
        before: { name: "v", location: "eastus" },
        after: { name: "v", location },
      });
    expect(refusalsOf(vault("westus"))).toHaveLength(1);
    expect(refusalsOf(vault("eastus"))).toEqual([]);
  });
});

describe("a protection", () => {
  const bucket = (more: object) => ({ resource: { aws_s3_bucket: { b: { bucket: "b", ...more } } } });
  const unprotected = (base: object, head: object) => simulated(base, head, []).unprotected;
  const kept = bucket({ lifecycle: { prevent_destroy: true }, force_destroy: false });

  test("that is taken away is told, Terraform's own too", () => {
    expect(unprotected(kept, bucket({ force_destroy: true }))).toMatchObject([
      { address: "aws_s3_bucket.b", by: "prevent_destroy, force_destroy", stateful: "all objects in it" },
    ]);
  });

  test("that stays, or comes, is not", () => {
    expect(unprotected(kept, kept)).toEqual([]);
    expect(unprotected(bucket({}), kept)).toEqual([]);
  });
});

describe("a list to which something is added", () => {
  const balancer = (...subnets: string[]) => ({
    resource: { aws_lb: { l: { subnets: subnets.map((name) => `\${aws_subnet.${name}.id}`) } } },
  });
  const described = (base: object, head: object, ...more: object[]) => {
    const change = {
      ...{ actions: ["update"], before: { subnets: ["subnet-1"] }, after: {} },
      after_unknown: { subnets: true },
    };
    return simulated(base, head, [entry("aws_lb", "l", change), ...more]).changes.find(
      ({ type }) => type === "aws_lb",
    )?.certainty;
  };

  test("replaces nothing where a fact says so", () => {
    expect(described(balancer("a"), balancer("a", "b"))).toBe("documented");
  });

  test("may replace where something is taken away, or is another one", () => {
    expect(described(balancer("a", "b"), balancer("a", "c"))).toBe("may-replace");
    const subnet = entry("aws_subnet", "a", { actions: ["delete", "create"], before: {}, after: {} });
    expect(described(balancer("a"), balancer("a", "b"), subnet)).toBe("may-replace");
  });
});

test("a secret of one stack is not told of another one that it reaches", () => {
  const variable = { variable: { passphrase: { default: "mauve-ochre", sensitive: true } } };
  const change = { actions: ["create"], before: null, after: { note: "it is mauve-ochre" } };
  const document = describeSimulated(
    {
      ...{ name: "reader", status: "added", held: [], answers: [], written: "" },
      configurations: [variable, {}],
      ...{ baseErrors: [], planErrors: [], applyErrors: [] },
      plan: parsePlan(JSON.stringify(plan([entry("acme_thing", "x", change)])), "a plan"),
    },
    Facts.shipped(),
  );
  expect(document.changes[0]?.attributes[0]?.after).toEqual({ kind: "value", text: '"it is (hidden)"' });
});

test("errors come in one order, whichever Terraform met first", () => {
  const error = (summary: string) => ({ severity: "error" as const, summary, detail: "" });
  const { errors } = describeSimulated(
    {
      ...{ name: "s", status: "changed", held: [], answers: [], written: "", configurations: [] },
      ...{ baseErrors: [], planErrors: [error("b"), error("a")], applyErrors: [] },
    },
    Facts.shipped(),
  );
  expect(errors.map(({ summary }) => summary)).toEqual(["a", "b"]);
});

test("a repository without commits has none to compare with, and nothing to fetch", async () => {
  const repository = path.join(directory, "empty");
  // What git takes for a repository.
  for (const inner of [".git/objects", ".git/refs"])
    mkdirSync(path.join(repository, inner), { recursive: true });
  writeFileSync(path.join(repository, ".git/HEAD"), "ref: refs/heads/main\n");
  await expect(findBase(repository)).rejects.toThrow(/has no commits yet; a preview compares/);
});

describe("a file that is refused", () => {
  test.each([
    ["that is no JSON", "{", /is not JSON; 'terraform show -json/],
    ["that is no plan", { version: 4, resources: [] }, /is no plan: it has no 'format_version'/],
    ["of another major format", { format_version: "2.0" }, /has format 2\.0, and only 1\.x is known/],
    ["that is a state", { format_version: "1.0", values: {} }, /is no plan: it has none of .*, as a state/],
    ["with a hole", { format_version: "1.2", resource_changes: [null] }, /no resource and change at 0/],
    [
      "whose outputs are a list",
      { format_version: "1.2", output_changes: [1] },
      /'output_changes' are no object/,
    ],
    ["whose output is no change", { format_version: "1.2", output_changes: { a: 1 } }, /that is no change/],
    [
      "that is nested without an end",
      `{"format_version":"1.2","resource_changes":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      /nested more than 1000 deep/,
    ],
    [
      "with more changes than a document may have",
      plan(Array.from({ length: 20_001 }, () => entry("a_b", "x", { actions: ["create"] }))),
      /has 20001 changes, and at most 20000/,
    ],
    ["whose changes are no list", { format_version: "1.2", resource_changes: {} }, /are no list/],
  ])("as a plan: one %s", (_name, content, message) => {
    expect(() => previewOfPlans([file("bad.json", content)])).toThrow(message);
  });

  test("is one that is a folder, or is not there", () => {
    for (const read of [readDocument, (place: string) => previewOfPlans([place])]) {
      expect(() => read(directory)).toThrow("is a folder, and a file is read");
      expect(() => read(path.join(directory, "none.json"))).toThrow("none.json is not there");
    }
  });

  const good = () => documentOf([]);
  test.each([
    ["that is no JSON", () => "{", /is not JSON/],
    ["of another version", () => ({ ...good(), version: 2 }), /is no preview of version 1: version/],
    ["with a field that is not known", () => ({ ...good(), html: "<b>" }), /Unrecognized key/],
    ["with a text without an end", () => ({ ...good(), tool: "x".repeat(3000) }), /tool: Too big/],
    ["with an action that is none", () => ({ ...good(), stacks: [{ name: "x" }] }), /stacks\.0/],
    ["that is too big", () => "x".repeat(20_000_001), /has 20000001 bytes, and at most 20000000 are read/],
  ])("as a document: one %s", (_name, content, message) => {
    expect(() => readDocument(file("bad.json", content()))).toThrow(message);
  });

  test("is none that a preview has written", () => {
    const document = documentOf([
      entry("aws_eip", "x", { actions: ["create"], before: null, after: { domain: "vpc" } }),
    ]);
    expect(readDocument(file("good.json", document))).toEqual(document);
  });
});

test("the published schema is the one that documents are read with: UPDATE_SCHEMA=1 writes it", () => {
  const place = path.join(ROOT, "docs/preview.schema.json");
  const schema = `${JSON.stringify(z.toJSONSchema(previewSchema), undefined, 2)}\n`;
  if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(place, schema);
  expect(readFileSync(place, "utf8")).toBe(schema);
});
