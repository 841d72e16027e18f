import { exitCode } from "../../lib/cli/preview/model/counts";
import type { Change, Preview, StackPreview } from "../../lib/cli/preview/model/preview";
import { allowsColor } from "../../lib/cli/preview/output";
import { COMMENT_MAX, renderMarkdown } from "../../lib/cli/preview/render/markdown";
import { renderTerminal } from "../../lib/cli/preview/render/terminal";

const change = (own: Partial<Change> = {}): Change => ({
  ...{ address: "aws_eip.e", type: "aws_eip", action: "update", certainty: "documented" },
  ...{ forcedBy: [], follows: [], attributes: [], disruption: [], notes: [] },
  ...own,
});

const stack = (own: Partial<StackPreview> = {}): StackPreview => ({
  ...{ name: "one", status: "changed", changes: [change()], outputs: [], renames: [] },
  ...{ errors: [], refusals: [], unprotected: [], notes: [] },
  ...own,
});

const preview = (...stacks: StackPreview[]): Preview => ({
  ...{ version: 1, simulated: true, tool: "Terraform 1.11.4", notes: [], assumptions: [] },
  stacks,
});

const bucket = (own: Partial<Change>): Change =>
  change({ address: "aws_s3_bucket.b", type: "aws_s3_bucket", stateful: "all objects in it", ...own });

/** A document without what stands under a click. */
const opened = (said: string) => said.replace(/<details>.*?<\/details>/gs, "");

describe("the exit code", () => {
  test.each([
    ["0 without changes", preview(stack({ status: "unchanged", changes: [] })), false, 0],
    ["2 with one", preview(stack()), true, 2],
    [
      "2 with a changed output alone",
      preview(
        stack({
          changes: [],
          outputs: [{ name: "o", action: "update", before: { kind: "none" }, after: { kind: "unknown" } }],
        }),
      ),
      false,
      2,
    ],
    ["3 with a loss that is guarded", preview(stack({ changes: [bucket({ action: "destroy" })] })), true, 3],
    ["2 with a loss that is not", preview(stack({ changes: [bucket({ action: "destroy" })] })), false, 2],
    [
      "3 where one may be replaced",
      preview(stack({ changes: [bucket({ certainty: "may-replace" })] })),
      true,
      3,
    ],
    ["1 without a plan", preview(stack({ status: "failed", changes: [] }), stack()), true, 1],
  ])("is %s", (_name, document, guard, code) => {
    expect(exitCode(document, guard)).toBe(code);
  });
});

describe.each([
  ["a terminal", (document: Preview) => renderTerminal(document)],
  ["a comment", renderMarkdown],
])("in %s", (_name, render) => {
  test("what is lost for good comes before all else", () => {
    const said = render(
      preview(stack({ changes: [change({ action: "create" }), bucket({ action: "replace" })] })),
    );
    expect(said).toContain("Lost for good:");
    expect(said.indexOf("all objects in it")).toBeLessThan(said.indexOf("aws_eip.e"));
  });

  test("what may be replaced is never told as an update alone", () => {
    const said = render(preview(stack({ changes: [bucket({ certainty: "may-replace" })] })));
    expect(said).toContain("1 to update (1 of them may be replaced)");
    expect(said).toContain("May be lost for good:");
    expect(said).not.toMatch(/0 to (replace|destroy)/);
  });

  test("a real plan is not called simulated, nor the other way round", () => {
    expect(render(preview(stack()))).toContain("imulated");
    const real = render({ ...preview(stack()), simulated: false });
    expect(real).toContain("Real plans");
    expect(real).not.toContain("imulated");
  });

  test("what has to be known first comes first", () => {
    const said = render({ ...preview(stack()), notes: ["The base does not synthesize."] });
    expect(said.indexOf("The base does not synthesize.")).toBeLessThan(said.indexOf("aws_eip.e"));
  });

  test("many creations of one type are a number", () => {
    const changes = Array.from({ length: 11 }, (_, i) =>
      change({ address: `aws_eip.e${i}`, action: "create" }),
    );
    const said = render(preview(stack({ changes })));
    expect(said.replace(/[`*]/g, "")).toMatch(/11 created(, documented)?: 11 aws_eip/);
    expect(opened(said)).not.toContain("aws_eip.e3");
  });

  test("updates that are alike are told once, with what they have in common", () => {
    const attributes: Change["attributes"] = [
      {
        ...{ path: "tags.Team", effect: "in-place" },
        ...{ before: { kind: "value", text: '"one"' }, after: { kind: "value", text: '"two"' } },
      },
    ];
    const alike = Array.from({ length: 4 }, (_, i) =>
      change({
        address: `aws_eip.e${i}`,
        attributes: attributes.map((one) => ({ ...one, source: `page ${i}` })),
      }),
    );
    const said = opened(render(preview(stack({ changes: [...alike, bucket({ attributes: [] })] }))));
    expect(said.replace(/[`*]/g, "")).toMatch(/4 updated(, documented)?: 4 aws_eip/);
    expect(said.replace(/`/g, "")).toMatch(/tags\.Team:? "one" → "two"/);
    expect(said.match(/tags\.Team/g)).toHaveLength(1);
    expect(said).not.toContain("aws_eip.e3");
    expect(said).toContain("aws_s3_bucket.b");
  });

  test("what is interrupted is told before the changes, of a follower too, and the master first", () => {
    const template = change({ address: "aws_launch_template.t", type: "aws_launch_template" });
    const group = (path: string, text: string) =>
      change({
        ...{ address: `aws_autoscaling_group.${path}`, type: "aws_autoscaling_group", path },
        ...{ disruption: [text], follows: [template.address] },
      });
    const changes = [template, group("a/group", "pods go"), group("control-plane/group", "the API is away")];
    const said = render(preview(stack({ changes })));
    const places = ["the API is away", "pods go", "aws_launch_template.t"].map((text) =>
      said.lastIndexOf(text),
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  test("what is no longer protected is told, though nothing changes", () => {
    const unprotected = [{ address: "aws_s3_bucket.b", type: "aws_s3_bucket", by: "prevent_destroy" }];
    const said = render(preview(stack({ changes: [], unprotected })));
    expect(said).toContain("No longer protected:");
    expect(said).toContain("prevent_destroy");
  });

  test("refusals of one kind are told once, with how many there are", () => {
    const refusals = ["a", "b", "c"].map((detail) => ({ summary: "cannot delete this aws_subnet", detail }));
    const said = opened(render(preview(stack({ refusals }))));
    expect(said.match(/cannot delete this aws_subnet/g)).toHaveLength(1);
    expect(said).toContain("and 2 more of these");
  });

  test("of a new resource some attributes are told, and the rest is counted", () => {
    const attributes = Array.from({ length: 10 }, (_, i): Change["attributes"][number] => ({
      ...{
        path: `attribute_${i}`,
        before: { kind: "none" },
        after: { kind: "value", text: "1" },
        effect: "sets",
      },
    }));
    const said = render(preview(stack({ changes: [change({ action: "create", attributes })] })));
    expect(said).toContain("attribute_7");
    expect(opened(said)).not.toContain("attribute_8");
  });

  test("what follows from a replacement is told with it, by type", () => {
    const vpc = change({ address: "aws_vpc.v", type: "aws_vpc", action: "replace" });
    const followers = Array.from({ length: 4 }, (_, i) =>
      change({
        address: `aws_subnet.s${i}`,
        type: "aws_subnet",
        action: "replace",
        follows: i === 0 ? ["aws_vpc.v"] : ["aws_subnet.s0"],
      }),
    );
    const said = render(preview(stack({ changes: [vpc, ...followers] })));
    expect(said.replace(/[`*]/g, "")).toMatch(/4 replaced because of it: 4 aws_subnet/);
  });

  test("what follows from a creation says so, one by one and together", () => {
    const made = change({ address: "aws_kms_key.k", type: "aws_kms_key", action: "create" });
    const alarms = Array.from({ length: 4 }, (_, i) =>
      change({ address: `aws_alarm.a${i}`, type: "aws_alarm", follows: ["aws_kms_key.k"] }),
    );
    for (const followers of [alarms, alarms.slice(0, 1)]) {
      const said = opened(render(preview(stack({ changes: [made, ...followers] }))));
      expect(said.replaceAll("`", "")).toContain("because of aws_kms_key.k");
    }
  });

  test("no secret's place is left empty, and what is not known is called so", () => {
    const attributes: Change["attributes"] = [
      { path: "password", before: { kind: "sensitive" }, after: { kind: "sensitive" }, effect: "in-place" },
      { path: "version", before: { kind: "simulated" }, after: { kind: "unknown" }, effect: "not-known" },
    ];
    const said = render(preview(stack({ changes: [change({ attributes })] }))).replaceAll("`", "");
    expect(said).toMatch(/password:? \(sensitive\) → \(sensitive\)/);
    expect(said).toMatch(
      /version:? \(simulated\) → \(known after the deploy\)\s+\*?may replace: no fact says/,
    );
  });
});

describe("a terminal", () => {
  test("is told of a loss once, with what forces it", () => {
    const attributes: Change["attributes"] = [
      { path: "bucket", before: { kind: "none" }, after: { kind: "unknown" }, effect: "replaces" },
    ];
    const said = renderTerminal(preview(stack({ changes: [bucket({ action: "replace", attributes })] })));
    expect(said.match(/aws_s3_bucket\.b/g)).toHaveLength(1);
    expect(said).toContain("forces the replacement");
  });

  test("gets colour unless it cannot show it, or somebody wants none", () => {
    expect([{}, { NO_COLOR: "" }, { TERM: "xterm" }].map(allowsColor)).toEqual([true, true, true]);
    expect([{ NO_COLOR: "1" }, { TERM: "dumb" }].map(allowsColor)).toEqual([false, false]);
  });

  test("is not steered by names", () => {
    const name = "a\u001b]0;title\u0007\u001b[2J\u202eb\nforged: no changes";
    const said = renderTerminal(preview(stack({ name, changes: [change({ address: name })] })));
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(said.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(said).not.toMatch(/^forged/m);
  });
});

describe("a comment", () => {
  test("does not count what cannot be planned as a change", () => {
    const failed = stack({ status: "failed", changes: [] });
    expect(renderMarkdown(preview(stack(), failed))).toContain("1 of 2 stacks changes, 1 cannot be planned");
  });

  test("of two thousand changes stays below GitHub's limit, keeps what is lost, and says what it left out", () => {
    const changes = Array.from({ length: 2000 }, (_, i) =>
      i % 40 === 0
        ? bucket({ address: `aws_s3_bucket.lost${i}`, action: "destroy" })
        : change({
            address: `aws_eip.address_with_a_long_name_${i}`,
            attributes: [
              {
                path: `domain${i}`,
                before: { kind: "none" },
                after: { kind: "value", text: '"vpc"' },
                effect: "replaces",
              },
            ],
            action: "replace",
          }),
    );
    const said = renderMarkdown(preview(stack({ changes })));
    expect(Buffer.byteLength(said)).toBeLessThan(COMMENT_MAX);
    expect(Buffer.byteLength(said)).toBeGreaterThan(COMMENT_MAX * 0.8);
    for (let i = 0; i < 2000; i += 40) expect(said).toContain(`aws_s3_bucket.lost${i}\``);
    expect(said).toMatch(/Left out, for a comment may not be longer: \d+ attributes, \d+ changes/);
  });

  test("of five hundred stacks stays below it too", () => {
    const stacks = Array.from({ length: 500 }, (_, i) => stack({ name: `${"n".repeat(150)}${i}` }));
    expect(Buffer.byteLength(renderMarkdown(preview(...stacks)))).toBeLessThan(COMMENT_MAX);
  });

  test("is the same for the same document", () => {
    const document = preview(stack({ changes: [bucket({ action: "replace" }), change()] }));
    expect(renderMarkdown(document)).toBe(renderMarkdown(structuredClone(document)));
  });
});
