import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PreviewProject } from "../support/preview-project";
import { keelson } from "../support/project";

const vpc = (cidr: string) => ({
  one: {
    config: {
      terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
      provider: { aws: [{ region: "us-east-1" }] },
      resource: { aws_vpc: { v: { cidr_block: cidr } } },
    },
  },
});

let project: PreviewProject;
beforeAll(() => {
  project = new PreviewProject(vpc("10.0.0.0/16"));
});
afterAll(() => {
  project.remove();
});
afterEach(() => {
  project.git("checkout", "--quiet", "--", ".");
});

test("without an edit nothing changes, and Terraform is not even run", async () => {
  const { code, stdout, stderr } = await project.preview();
  expect(stdout).toContain("No changes: one");
  expect(stderr).not.toContain("applying the base");
  expect(code).toBe(0);
});

test("paths of the project in what is synthesized are no change", async () => {
  const app = project.read("app.js");
  const local = 'config.terraform.backend = { local: { path: process.cwd() + "/terraform.tfstate" } };\n';
  project.write("app.js", app.replace("const workingDirectory", `${local}const workingDirectory`));
  project.git("commit", "--quiet", "-am", "local back end");
  const { code, stdout, stderr } = await project.preview();
  expect(stdout).toContain("No changes: one");
  expect(stderr).not.toContain("applying the base");
  expect(code).toBe(0);
});

test("a base that is not known is named, with what to do in CI", async () => {
  const { code, stderr } = await project.preview("--base", "no-such-branch");
  expect(stderr).toMatch(/has no commit 'no-such-branch' to compare with; .*fetch-depth: 0/);
  expect(code).toBe(1);
});

test("a ref that looks like an option is none", async () => {
  const { code, stderr } = await project.preview("--base", "--output=x");
  expect(stderr).toContain("has no commit '--output=x'");
  expect(code).toBe(1);
});

test("a head that does not synthesize ends with what it said", async () => {
  project.write("app.js", 'throw new Error("no zones are left");');
  const { code, stderr } = await project.preview();
  expect(stderr).toContain("no zones are left");
  expect(code).toBe(1);
});

test("a stack that is not there is named, with those that are", async () => {
  project.edit(vpc("10.1.0.0/16"));
  const { code, stderr } = await project.preview("two");
  expect(stderr).toContain("there is no stack two; there are one");
  expect(code).toBe(1);
});

test("a base that does not synthesize is said loudly, and all is new", async () => {
  const app = project.read("app.js");
  project.write("app.js", `throw new Error("broken base, password=${"mauve"}");`);
  project.git("commit", "--quiet", "-am", "break");
  project.write("app.js", app);
  const { code, stdout, document } = await project.preview();
  expect(document.notes).toEqual([
    expect.stringMatching(
      /^The base main .* does not synthesize[^/]*: Error: broken base, password=\(hidden\)/,
    ),
  ]);
  expect(stdout).toMatch(/^! The base main/);
  expect(document.stacks).toMatchObject([{ name: "one", status: "added", changes: [{ action: "create" }] }]);
  expect(code).toBe(2);
  project.git("reset", "--quiet", "--hard", "HEAD~1");
});

test("another place for the state is said, though nothing else changes", async () => {
  project.write("app.js", project.read("app.js").replace("/terraform.tfstate", "/other.tfstate"));
  const { stdout } = await project.preview();
  expect(stdout).toMatch(/^! The back end of one changes\. .*-migrate-state/);
  expect(stdout).toContain("No changes: one");
});

test("what Terraform refuses is an error without the line that it stands in", async () => {
  const { one } = vpc("10.0.0.0/16");
  const wrong = { aws_vpc: { v: { cidr_block: "${aws_vpc.none.id}", tags: { note: "beside-the-error" } } } };
  project.edit({ one: { config: { ...one.config, resource: wrong } } });
  const { code, stdout, stderr, document } = await project.preview();
  expect(document.stacks[0]).toMatchObject({
    status: "failed",
    errors: [{ summary: "Reference to undeclared resource" }],
  });
  expect(stdout + stderr + JSON.stringify(document)).not.toContain("beside-the-error");
  expect(code).toBe(1);
});

test("an option that contradicts another is refused, as is a format that is not known", async () => {
  const plan = await keelson(["preview", "--plan", "x.json", "--from", "y.json"], project.directory);
  expect(plan).toMatchObject({ code: 1, stderr: "keelson: --plan and --from cannot be had together\n" });
  const format = await keelson(["preview", "--format", "html"], project.directory);
  expect(format.stderr).toContain('--format must be one of terminal, markdown, json, got "html"');
});

test("a file that cannot be written is refused before anything is done, and a folder is made", async () => {
  const out = (file: string) => keelson(["preview", "--out", file], project.directory);
  for (const [file, message] of [
    [".", /--out must be a file, or -, got "\."/],
    ["app.js/x.txt", /--out app\.js\/x\.txt cannot be written/],
  ] as const) {
    const { code, stderr } = await out(file);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("synthesizing");
    expect(code).toBe(1);
  }
  expect((await out(".keelson/new/x.txt")).code).toBe(0);
  expect(project.read(".keelson/new/x.txt")).toContain("No changes: one");
});

test("outside of a git repository there is nothing to compare with", async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "keelson-test-"));
  const { code, stderr } = await keelson(["preview"], directory);
  expect(stderr).toContain("is in no git repository");
  expect(code).toBe(1);
  rmSync(directory, { recursive: true });
});

test("what is set for the project's own back end and workspace is not asked", async () => {
  project.edit(vpc("10.1.0.0/16"));
  const { code, stdout, stderr } = await keelson(["preview", "--base", "main"], project.directory, {
    ...{
      TF_WORKSPACE: "production",
      TF_HTTP_ADDRESS: "http://127.0.0.1:9/state",
      TF_HTTP_UPDATE_METHOD: "PUT",
    },
    ...{ TF_HTTP_USERNAME: "robot", TF_HTTP_PASSWORD: "planted-password" },
  });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.not.stringContaining("planted") as unknown });
  expect(stdout).toContain("one: 1 to replace");
});
