import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readConfiguration, type Configuration } from "./configuration";

/**
 * Reads the modules that the configuration in `directory` calls, and those that they call: local ones by their path,
 * others where `terraform init` has put them below `workdir`.
 *
 * @throws Error when one reads a remote state. An override reaches the root module only, so it would be read in earnest.
 */
export function readModules(directory: string, root: Configuration, workdir: string): Configuration[] {
  const read = new Map<string, Configuration>();
  const follow = (from: string, { modules }: Configuration) => {
    for (const source of modules.filter((one) => /^\.\.?\//.test(one))) visit(path.resolve(from, source));
  };
  const visit = (module: string) => {
    if (read.has(module) || module === directory || !existsSync(module)) return;
    const configuration = readConfiguration(module);
    if (Object.keys(configuration.remoteStates).length > 0) {
      throw new Error(
        `the module in ${module} reads a remote state, which cannot be simulated; ` +
          "read it in the root configuration and hand the value to the module",
      );
    }
    read.set(module, configuration);
    follow(module, configuration);
  };
  follow(directory, root);
  for (const module of installed(workdir)) visit(module);
  return [...read.values()];
}

/** The folders of the modules that `terraform init` has fetched. */
function installed(workdir: string): string[] {
  const file = path.join(workdir, ".terraform/modules/modules.json");
  if (!existsSync(file)) return [];
  const { Modules: modules = [] } = JSON.parse(readFileSync(file, "utf8")) as { Modules?: { Dir: string }[] };
  return modules
    .map(({ Dir }) => path.resolve(workdir, Dir))
    .filter((module) => module.startsWith(path.join(workdir, ".terraform")));
}
