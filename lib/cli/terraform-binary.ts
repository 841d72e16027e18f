import { execFileSync } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import path from "node:path";
import { gte } from "semver";

/**
 * The oldest Terraform and OpenTofu that work: S3-native state locking (`use_lockfile`) came with 1.10 of both.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 * @see https://opentofu.org/docs/language/settings/backends/s3/
 */
export const OLDEST = "1.10.0";

const HOW_TO_GET_IT =
  "Get Terraform from https://developer.hashicorp.com/terraform/install or OpenTofu from " +
  "https://opentofu.org/docs/intro/install/. In a clone of this repository scripts/dev/setup.sh builds OpenTofu.";

/** A Terraform or OpenTofu that is installed. */
export interface TerraformBinary {
  readonly name: "terraform" | "tofu";
  readonly path: string;
  readonly version: string;
}

/**
 * Finds what the user would run: `TERRAFORM_BINARY_NAME` (which cdktf honours), else `terraform`, else `tofu`.
 *
 * @throws Error when none is on the PATH, or when it is older than {@link OLDEST}.
 */
export function findTerraform(env: NodeJS.ProcessEnv): TerraformBinary {
  const wanted = env["TERRAFORM_BINARY_NAME"];
  const names = wanted ? [wanted] : ["terraform", "tofu"];
  const found = names.map((name) => which(name, env)).find((file) => file !== undefined);
  if (!found) {
    const missing = wanted
      ? `TERRAFORM_BINARY_NAME names '${wanted}', which is not on the PATH`
      : "neither 'terraform' nor 'tofu' is on the PATH";
    throw new Error(`${missing}; version ${OLDEST} or later is needed. ${HOW_TO_GET_IT}`);
  }
  const binary = { ...identify(found, env), path: found };
  if (!gte(binary.version, OLDEST)) {
    throw new Error(`${found} is version ${binary.version}; ${OLDEST} or later is needed. ${HOW_TO_GET_IT}`);
  }
  return binary;
}

/** The first executable called `name` on the PATH, or `name` itself where it is a path. */
export function which(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const directories = name.includes(path.sep) ? [""] : (env["PATH"] ?? "").split(path.delimiter);
  return directories.map((directory) => path.resolve(directory, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return realpathSync(file) !== "";
  } catch {
    return false;
  }
}

function identify(file: string, env: NodeJS.ProcessEnv): Pick<TerraformBinary, "name" | "version"> {
  let text: string;
  try {
    text = execFileSync(file, ["version"], {
      encoding: "utf8",
      env: { ...env, CHECKPOINT_DISABLE: "1", TF_CLI_ARGS: "", TF_LOG: "" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 20_000,
    });
  } catch (error) {
    throw new Error(`${file} does not run: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const [, product, version] = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+\S*)/m.exec(text) ?? [];
  if (!product || !version) {
    throw new Error(`${file} is not Terraform: '${file} version' said "${text.trim().split("\n")[0] ?? ""}"`);
  }
  return { name: product === "OpenTofu" ? "tofu" : "terraform", version };
}
