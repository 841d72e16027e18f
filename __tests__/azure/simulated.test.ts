import { App, LocalBackend, TerraformStack } from "cdktf";
import { Project } from "../support/project";
import { cluster, store } from "./support/estate";
import { provide } from "./support/synth";

/** A folder with the stacks "store" and "prod" in it, synthesized as `cdktf deploy` does, with the change made. */
function project(own: Parameters<typeof cluster>[0] = {}, made = new Project()): Project {
  const app = new App({ outdir: made.path("cdktf.out") });
  for (const [id, build] of Object.entries({ store, prod: cluster(own) })) {
    const stack = new TerraformStack(app, id);
    provide(stack);
    new LocalBackend(stack, { path: made.path(`${id}.tfstate`) });
    build(stack);
  }
  app.synth();
  return made;
}

const inStack = (id: string, command: string) =>
  `cd cdktf.out/stacks/${id} && terraform init -no-color >/dev/null && terraform ${command} -no-color`;
const deploy = ["store", "prod"]
  .map((id) => `(${inStack(id, "apply -auto-approve")} && terraform plan -no-color -detailed-exitcode)`)
  .join(" && ");

const deployed = project();
let first: Awaited<ReturnType<Project["simulate"]>>;
beforeAll(async () => {
  first = await deployed.simulate(["sh", "-c", deploy]);
}, 180_000);
afterAll(() => {
  deployed.remove();
});

test("store and cluster apply, and have nothing to change on a second plan", () => {
  console.log(first.stdout.slice(-6000), first.stderr);
  expect(first.code).toBe(0);
});
