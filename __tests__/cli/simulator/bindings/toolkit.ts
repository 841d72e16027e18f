import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinding } from "../../../../lib/cli/simulator/bindings";
import { deriveSchema } from "../../../../lib/cli/simulator/bindings/derive";
import type { Block, CtyType, ProviderSchema } from "../../../../lib/cli/simulator/schema";

/** A block as `terraform providers schema -json` writes it, as far as cdktf's generator reads it. */
export interface TerraformBlock {
  attributes?: Record<
    string,
    { type: CtyType; description?: string; required?: boolean; optional?: boolean; computed?: boolean }
  >;
  block_types?: Record<
    string,
    {
      nesting_mode: "single" | "list" | "set" | "map";
      min_items?: number;
      max_items?: number;
      block: TerraformBlock;
    }
  >;
}

export interface ToyProvider {
  /** Host, namespace and name; `registry.terraform.io/acme/toy` by default. */
  address?: string;
  provider?: TerraformBlock;
  resources?: Record<string, TerraformBlock>;
  dataSources?: Record<string, TerraformBlock>;
}

interface Generator {
  generate(constraint: Record<string, unknown>): void;
  save(directory: string): Promise<void>;
}

/** Lets cdktf's own generator write `.gen/providers/<localName>` for a provider, as `cdktf get` does. */
export async function cdktfGet(projectDir: string, toy: ToyProvider, localName?: string): Promise<void> {
  // Loading the generator runs `terraform version`, logs when that fails and reports it over the network. None is needed.
  Object.assign(process.env, {
    TERRAFORM_BINARY_NAME: "true",
    CDKTF_LOG_LEVEL: "off",
    CHECKPOINT_DISABLE: "1",
  });
  const { CodeMaker } = (await import("codemaker")) as { CodeMaker: new () => unknown };
  const module = "@cdktf/provider-generator/lib/get/generator/provider-generator";
  const { TerraformProviderGenerator } = (await import(module)) as {
    TerraformProviderGenerator: new (code: unknown, schema: unknown) => Generator;
  };
  const { address = "registry.terraform.io/acme/toy", provider = {}, resources = {}, dataSources = {} } = toy;
  const generator = new TerraformProviderGenerator(new CodeMaker(), {
    format_version: "1.0",
    provider_versions: { [address]: "1.2.3" },
    provider_schemas: {
      [address]: {
        provider: { version: 0, block: { attributes: {}, ...provider } },
        resource_schemas: versioned(resources),
        data_source_schemas: versioned(dataSources),
      },
    },
  });
  const name = localName ?? address.split("/").at(-1);
  generator.generate({ name, source: address, version: "~> 1.2", isModule: false, isProvider: true });
  await generator.save(join(projectDir, ".gen"));
}

function versioned(blocks: Record<string, TerraformBlock>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(blocks).map(([type, block]) => [type, { version: 0, block }]));
}

/** Generates a provider's binding and derives its schema from it again. */
export async function roundTrip(toy: ToyProvider): Promise<ProviderSchema> {
  const projectDir = temporaryDirectory();
  await cdktfGet(projectDir, toy);
  return deriveSchema(findBinding(toy.address ?? "acme/toy", projectDir));
}

/** What is derived for a resource with this block. */
export async function deriveResource(block: TerraformBlock): Promise<Block | undefined> {
  return (await roundTrip({ resources: { toy_box: block } })).resources.toy_box;
}

const temporary: string[] = [];

/** A directory that is gone when the test file is done. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "keelson-bindings-"));
  temporary.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});
