import { open } from "../../lib/cli/simulator/ephemeral";
import { EPHEMERAL_TYPES } from "../../lib/cli/simulator/ephemeral-types";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { canonical, type ObjectValue } from "../../lib/cli/simulator/protocol/value";
import { World } from "../../lib/cli/simulator/world";
import { PreviewProject } from "../support/preview-project";
import { Project } from "../support/project";

const STATE = ".keelson/state/s3/state/a.tfstate.simulated.tfstate";
const APPLY = "terraform apply -auto-approve -no-color >&2";

/** What a password with these settings holds, as the simulated provider reckons it. */
function password(settings: ObjectValue): string {
  const block = EPHEMERAL_TYPES["hashicorp/random"]?.["random_password"] ?? { attributes: {}, blocks: {} };
  const nothing = Object.fromEntries(Object.keys(block.attributes).map((name) => [name, null]));
  const config = { ...nothing, ...settings };
  const type = "ephemeral.random_password";
  const cloud = { region: "r", account: "a", partition: "p", dnsSuffix: "d" };
  const seed = `${type}\n${canonical(config)}`;
  return String(
    open({ type, block, facts: new Facts([]), world: new World(), cloud, seed }, config)["result"] as string,
  );
}

const SETTINGS = { length: 24, special: false, min_numeric: 3 };
const PASSWORD = password(SETTINGS);

interface Variation {
  readonly revision?: number;
  /** What the password is checked to be. */
  readonly expected?: string;
  readonly resource?: object;
  readonly ephemeral?: object;
}

/** A password that is made anew with each run, and reaches a Secret and a parameter without being kept. */
const stack = ({ revision = 1, expected = PASSWORD, resource = {}, ephemeral = {} }: Variation = {}) => ({
  terraform: {
    backend: { s3: { bucket: "state", key: "a.tfstate", region: "us-east-1" } },
    required_providers: {
      random: { source: "hashicorp/random" },
      aws: { source: "hashicorp/aws", version: "6.25.0" },
      kubernetes: { source: "hashicorp/kubernetes", version: "2.38.0" },
    },
  },
  provider: { aws: [{ region: "eu-west-1" }], kubernetes: [{ host: "https://nobody.invalid" }] },
  ephemeral: {
    random_password: { p: SETTINGS },
    aws_secretsmanager_secret_version: { s: { secret_id: "s" } },
    ...ephemeral,
  },
  resource: {
    kubernetes_secret_v1: {
      s: {
        metadata: [{ name: "s", namespace: "n" }],
        data_wo: {
          password: "${ephemeral.random_password.p.result}",
          other: "${ephemeral.aws_secretsmanager_secret_version.s.secret_string}",
        },
        data_wo_revision: revision,
        lifecycle: {
          precondition: [
            {
              condition: `\${ephemeral.random_password.p.result == "${expected}"}`,
              error_message: "the password is another",
            },
          ],
        },
      },
    },
    aws_ssm_parameter: {
      p: {
        name: "/p",
        type: "SecureString",
        value_wo: "${ephemeral.random_password.p.result}",
        value_wo_version: revision,
      },
    },
    ...resource,
  },
});

describe("a password of given length and characters", () => {
  test("has them, and is the same each time", () => {
    expect(PASSWORD).toMatch(/^[0-9]{3}[0-9A-Za-z]{21}$/);
    expect(password(SETTINGS)).toBe(PASSWORD);
  });

  test("has special characters unless somebody says no, or says which", () => {
    expect(password({ length: 200 })).toMatch(/[!@#$%&*]/);
    expect(password({ length: 9, lower: false, upper: false, numeric: false, override_special: "~" })).toBe(
      "~".repeat(9),
    );
  });
});

describe("an ephemeral password in write-only attributes", () => {
  const project = new Project(stack());
  afterAll(() => {
    project.remove();
  });
  beforeAll(async () => {
    const { code, stderr } = await project.terraform(APPLY);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  });

  const planned = async (configuration: object) => {
    project.write("cdk.tf.json", configuration);
    return project.terraform("terraform plan -no-color -detailed-exitcode -out=p");
  };

  test("is the password that was asked for", async () => {
    const { stderr } = await planned(stack({ expected: "another" }));
    expect(stderr).toContain("the password is another");
  });

  test("leaves nothing of itself in the state", () => {
    const state = project.read(STATE);
    expect(state).toContain("data_wo_revision");
    expect(state).not.toContain(PASSWORD);
    expect(state).not.toContain("secret-string");
  });

  test("changes nothing when it is planned again", async () => {
    expect(await planned(stack())).toMatchObject({ code: 0 });
  });

  test("updates both in place when their revisions are raised, and the plan's file does not hold it", async () => {
    const { code, stdout } = await planned(stack({ revision: 2 }));
    expect(code).toBe(2);
    expect(stdout).toContain("Plan: 0 to add, 2 to change, 0 to destroy.");
    const shown = await project.terraform("terraform show -json p");
    expect(shown.stdout).toContain("data_wo_revision");
    expect(shown.stdout).not.toContain(PASSWORD);
  });

  test("is refused in an attribute that would be kept", async () => {
    const kept = { name: "/q", type: "String", value: "${ephemeral.random_password.p.result}" };
    const { code, stderr } = await planned(stack({ resource: { aws_ssm_parameter: { q: kept } } }));
    expect(code).toBe(1);
    expect(stderr).toContain("Ephemeral values are not valid");
  });

  test("of a type that nobody knows is named, with those that are known", async () => {
    const { code, stderr } = await planned(stack({ ephemeral: { random_bytes: { b: { length: 8 } } } }));
    expect(code).toBe(1);
    expect(stderr).toContain("ephemeral 'random_bytes' cannot be simulated");
    expect(stderr).toContain("known are random_password");
  });

  test("cannot be read when that is asked for", async () => {
    project.write("cdk.tf.json", stack());
    const { code, stderr } = await project.terraform("terraform plan -no-color", [
      "--fail",
      "open:random_password=no entropy",
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("no entropy");
  });
});

test("a preview of a raised revision shows the update and nothing of the password", async () => {
  const project = new PreviewProject({ platform: { config: stack() } });
  try {
    project.edit({ platform: { config: stack({ revision: 2 }) } });
    const { document, stdout, stderr } = await project.preview();
    const text = JSON.stringify(document) + stdout + stderr;
    expect(document.stacks[0]?.changes.map(({ address, action }) => [address, action])).toEqual([
      ["aws_ssm_parameter.p", "update"],
      ["kubernetes_secret_v1.s", "update"],
    ]);
    expect(text).toContain("data_wo_revision");
    expect(text).not.toContain(PASSWORD);
  } finally {
    project.remove();
  }
});
