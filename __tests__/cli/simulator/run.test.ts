import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseInvocation, withAbsoluteOutputs } from "../../../lib/cli/simulator/run/arguments";
import { simulatedStatePath } from "../../../lib/cli/simulator/run/backend";
import { readConfiguration } from "../../../lib/cli/simulator/run/configuration";
import { ServedTypes, type Need } from "../../../lib/cli/simulator/run/served-types";
import { shadow } from "../../../lib/cli/simulator/run/shadow";

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), "keelson-run-")));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const write = (name: string, text: string) => {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

describe("a command line", () => {
  test("is taken apart into folder, command and the rest", () => {
    expect(parseInvocation(["-chdir=x", "plan", "-chdir=y", "-out", "p"])).toEqual({
      chdir: "x",
      command: "plan",
      args: ["plan", "-chdir=y", "-out", "p"],
    });
  });

  test("writes its files where the user is, not into the shadow", () => {
    expect(
      withAbsoluteOutputs(["plan", "-out", "p", "-generate-config-out=g.tf", "-no-color"], "/d"),
    ).toEqual(["plan", "-out", "/d/p", "-generate-config-out=/d/g.tf", "-no-color"]);
  });
});

describe("a simulated state's path", () => {
  test("is the same for a back end and for a remote state that reads it", () => {
    const backend = {
      bucket: "b",
      key: "k/x.tfstate",
      region: "us-east-1",
      encrypt: true,
      use_lockfile: true,
    };
    const remote = { bucket: "b", key: "k/x.tfstate", region: "us-east-1" };
    expect(simulatedStatePath({ type: "s3", config: backend })).toBe(
      simulatedStatePath({ type: "s3", config: remote }),
    );
  });

  test("cannot climb out of its folder", () => {
    const file = simulatedStatePath({ type: "s3", config: { bucket: "..", key: "../../../etc/passwd" } });
    expect(path.normalize(file).startsWith(path.join("state", "s3"))).toBe(true);
  });
});

describe("a configuration", () => {
  test("names its providers, those that only a resource implies too", () => {
    write(
      "cdk.tf.json",
      JSON.stringify({
        terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "6.25.0" } } },
        resource: { aws_vpc: { v: {} }, random_id: { r: {} }, terraform_data: { t: {} } },
      }),
    );
    expect(readConfiguration(directory).providers).toEqual([
      { source: "hashicorp/aws", version: "6.25.0" },
      { source: "hashicorp/random" },
    ]);
  });

  test("has the providers of native syntax too", () => {
    write(
      "versions.tf",
      'terraform {\n  required_providers {\n    gh = {\n      source = "integrations/github"\n    }\n  }\n}\n',
    );
    expect(readConfiguration(directory).providers).toEqual([{ source: "integrations/github" }]);
  });

  test("with a remote state in native syntax is refused, since it could not be made local", () => {
    write("remote.tf", 'data "terraform_remote_state" "x" {\n  backend = "s3"\n}\n');
    expect(() => readConfiguration(directory)).toThrow(/remote\.tf reads a remote state in native syntax/);
  });

  test("that is no JSON is named", () => {
    write("cdk.tf.json", "{");
    expect(() => readConfiguration(directory)).toThrow(`${directory}/cdk.tf.json is not JSON`);
  });
});

describe("what Terraform is told of", () => {
  const need = (own: Partial<Need> = {}): Need => {
    write("cdk.tf.json", JSON.stringify({ resource: { aws_vpc: { v: {} } }, data: { aws_eip: { e: {} } } }));
    const configurations = [readConfiguration(directory)];
    return {
      ...{ command: "plan", directory, args: ["-no-color"] },
      ...{ configurations, inStates: ["aws_subnet"], ...own },
    };
  };
  const told = (...needs: Need[]) => {
    const types = new ServedTypes();
    for (const one of needs) types.add(one);
    return ["aws_vpc", "aws_eip", "aws_subnet", "aws_lb"].filter((type) => types.has(type));
  };
  const ALL = ["aws_vpc", "aws_eip", "aws_subnet", "aws_lb"];

  test("are the types of configuration and states", () => {
    expect(told(need())).toEqual(["aws_vpc", "aws_eip", "aws_subnet"]);
  });

  test.each(["init", "output", "validate", "apply", "destroy"])("is no more for '%s'", (command) => {
    expect(told(need({ command }))).not.toContain("aws_lb");
  });

  test("is no more for a plan that was saved in the same run", () => {
    expect(
      told(need({ args: ["-out=saved"] }), need({ command: "show", args: ["-json", "saved"] })),
    ).not.toContain("aws_lb");
  });

  test("stays when the next command needs less", () => {
    expect(told(need(), need({ configurations: [], inStates: [] }))).toHaveLength(3);
  });

  test.each([
    { command: "providers", args: ["schema"] },
    { command: "apply", args: ["saved"] },
    { command: "show", args: ["-json", "saved"] },
    { command: "plan", args: ["-state=other.tfstate"] },
  ])("is all where a command may ask for anything: $command $args", (own) => {
    expect(told(need(own))).toEqual(ALL);
  });

  test.each([
    ["main.tf", 'resource "aws_lb" "l" {}'],
    ["x.tofu.json", "{}"],
    ["check.tf.json", '{"check":{"c":{"data":{"aws_lb":{"l":{}}}}}}'],
  ])("is all where a configuration is not read whole: %s", (name, text) => {
    write(name, text);
    expect(told(need())).toEqual(ALL);
  });
});

describe("a shadow", () => {
  const shadows = () => path.join(directory, ".keelson/shadow");

  test("shows the configuration and leads relative paths where they led", () => {
    write("out/stacks/a/cdk.tf.json", "{}");
    write("shared/x.txt", "x");
    const copy = shadow(directory, path.join(directory, "out/stacks/a"), shadows());
    expect(readFileSync(path.join(copy, "cdk.tf.json"), "utf8")).toBe("{}");
    expect(readFileSync(path.join(copy, "../../../shared/x.txt"), "utf8")).toBe("x");
  });

  test("hides the lock file and the state of the real one", () => {
    write("a/.terraform.lock.hcl", "lock");
    write("a/terraform.tfstate", "state");
    const copy = shadow(directory, path.join(directory, "a"), shadows());
    expect(() => readFileSync(path.join(copy, ".terraform.lock.hcl"))).toThrow("ENOENT");
    expect(() => readFileSync(path.join(copy, "terraform.tfstate"))).toThrow("ENOENT");
  });

  test("forgets what the original has lost", () => {
    write("a/x.tf.json", "{}");
    write("a/y.tf.json", "{}");
    shadow(directory, path.join(directory, "a"), shadows());
    rmSync(path.join(directory, "a/y.tf.json"));
    const copy = shadow(directory, path.join(directory, "a"), shadows());
    expect(() => readFileSync(path.join(copy, "y.tf.json"))).toThrow("ENOENT");
  });

  test("of one stack keeps what Terraform wrote in that of another", () => {
    write("a/x.tf.json", "{}");
    write("b/x.tf.json", "{}");
    const a = shadow(directory, path.join(directory, "a"), shadows());
    mkdirSync(path.join(a, ".terraform"));
    writeFileSync(path.join(a, ".terraform/terraform.tfstate"), "mine");
    shadow(directory, path.join(directory, "b"), shadows());
    shadow(directory, path.join(directory, "a"), shadows());
    expect(readFileSync(path.join(a, ".terraform/terraform.tfstate"), "utf8")).toBe("mine");
  });
});
