import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { archiveOf } from "../../lib/core/archive";
import type { addStacks } from "../../stacks";
import type { environments } from "../../stacks/environments";
import { ROOT } from "../support/run";
import { addresses, type Attributes, resources, synthApp, type Terraform } from "../support/synth";

type Stacks = Readonly<Record<string, Terraform>>;

/** A copy of the project, since its constructs find the scripts where they lie themselves. */
const copy = mkdtempSync(path.join(tmpdir(), "keelson-scripts-"));
const scripts = path.join(copy, "scripts/node");
let before: Stacks;

beforeAll(() => {
  for (const part of ["lib/core", "lib/aws", "lib/addons", "stacks", "scripts/node", "scripts/pod"]) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  before = estate();
});
afterAll(() => rmSync(copy, { recursive: true }));

/** The reference estate on AWS, made by the copy. */
function estate(): Stacks {
  const made = jest.requireActual<{ addStacks: typeof addStacks }>(path.join(copy, "stacks"));
  const named = jest.requireActual<{ environments: typeof environments }>(
    path.join(copy, "stacks/environments"),
  );
  return synthApp((app) => {
    for (const environment of named.environments.filter(({ cloud }) => cloud === "aws")) {
      made.addStacks(app, environment);
    }
  });
}

/** The same with one more line at the end of a script, looked at as long as it stands there. */
function withLine(script: string, line: string, look: (after: Stacks) => void): void {
  const file = path.join(scripts, script);
  const text = readFileSync(file, "utf8");
  try {
    writeFileSync(file, `${text}${line}\n`);
    look(estate());
  } finally {
    writeFileSync(file, text);
  }
}

/** The resources that are not what they were, by stack, but for those of node pools, which share some of the scripts. */
function changes(after: Stacks): Record<string, string[]> {
  const at = (tf: Terraform | undefined, address: string) => {
    const [type = "", id = ""] = address.split(".");
    return JSON.stringify(tf?.resource?.[type]?.[id]);
  };
  const found = Object.entries(after).map(([stack, tf]): [string, string[]] => {
    expect(addresses(tf)).toEqual(addresses(before[stack] ?? tf));
    const changed = addresses(tf).filter((address) => at(tf, address) !== at(before[stack], address));
    const names = changed.map((address) => address.replace(/_[0-9A-F]{8}$/, ""));
    return [stack, names.filter((name) => !name.includes(".pools_"))];
  });
  return Object.fromEntries(found.filter(([, changed]) => changed.length > 0));
}

/** All resources of prod-us-east-1, its pools' too, but for bundles and templates. */
function rest(stacks: Stacks): [string, unknown][] {
  const all = Object.entries(stacks["prod-us-east-1"]?.resource ?? {});
  return all.filter(([type]) => !["aws_s3_object", "aws_launch_template"].includes(type));
}

const TEMPLATE = "aws_launch_template.cluster_control-plane_launch-template";
const BUNDLE = "aws_s3_object.cluster_control-plane_bundle";
/** The master's own resource of a type. */
const one = (stacks: Stacks, name: string, type: string): Attributes => {
  const found = Object.entries(resources(stacks[name] ?? { terraform: {} }, type));
  return found.find(([id]) => id.startsWith("cluster_control-plane_"))?.[1] ?? {};
};

test("a line more in a control plane's script is another bundle and another template, and nothing else", () => {
  for (const script of ["control-plane.sh", "units/control-plane/keelson-boot.service"]) {
    withLine(script, "# one more", (after) => {
      expect(changes(after)).toEqual({
        "dev-us-east-1": [TEMPLATE, BUNDLE],
        "prod-us-east-1": [TEMPLATE, BUNDLE],
      });
      expect(rest(after)).toEqual(rest(before));
    });
  }
});

test("the other bundle is named after what is in it now, and user data names that one", () => {
  withLine("control-plane.sh", "# one more", (after) => {
    const others =
      /^((fetch|nat|node|node-watch)\.sh|units\/node\/.*|lib\/(drain|joining|aws\/address)\.sh)$/;
    const wanted = archiveOf(scripts, (file) => !others.test(file) && !file.includes("azure"));
    const digest = createHash("sha256").update(wanted).digest("hex");
    const key = `boot/control-plane/${digest}.tar`;
    for (const name of ["dev-us-east-1", "prod-us-east-1"]) {
      expect(one(after, name, "aws_s3_object")).toMatchObject({ key, source_hash: digest });
      expect(one(after, name, "aws_launch_template")["user_data"]).toContain(`BUNDLE='${key}'`);
      expect(one(before, name, "aws_s3_object")["key"]).not.toBe(key);
    }
  });
});

test("with it starts nothing where the rollout is manual, and a refresh where it is automatic", () => {
  withLine("control-plane.sh", "# one more", (after) => {
    expect(one(after, "prod-us-east-1", "aws_autoscaling_group")).not.toHaveProperty("instance_refresh");
    expect(one(after, "dev-us-east-1", "aws_autoscaling_group")).toHaveProperty("instance_refresh");
  });
});

test("a line more in what fetches the bundle is another template, with the bundle of before", () => {
  withLine("fetch.sh", "true", (after) => {
    expect(changes(after)).toEqual({ "dev-us-east-1": [TEMPLATE], "prod-us-east-1": [TEMPLATE] });
  });
});

test("a line more in a script that no master runs touches none", () => {
  withLine("nat.sh", "true", (after) => {
    expect(changes(after)).toEqual({ "dev-us-east-1": ["aws_instance.network_nat-instance"] });
    expect(after["prod-us-east-1"]).toEqual(before["prod-us-east-1"]);
  });
});

test("each pool's bundle is under its own name, with a template that names it", () => {
  const stack = before["prod-us-east-1"] ?? { terraform: {} };
  for (const pool of ["general", "loadbalancer"]) {
    const key = String(resources(stack, "aws_s3_object")[`pools_${pool}_bundle`]?.["key"]);
    expect(key).toMatch(new RegExp(`^boot/node/${pool}/[0-9a-f]{64}\\.tar$`));
    const template = resources(stack, "aws_launch_template")[`pools_${pool}_launch-template`];
    expect(template?.["user_data"]).toContain(`BUNDLE='${key}'`);
  }
});
