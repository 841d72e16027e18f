// A child of the benchmark: the stacks of one environment, as main.ts makes them.
import { everythingIsLoaded, report } from "./watch";
import { App } from "cdktf";
import { AwsClusterStack } from "../../../stacks/aws-cluster";
import { AwsStateStack } from "../../../stacks/aws-state";
import { environments } from "../../../stacks/environments";

everythingIsLoaded();

const [, , name, outdir] = process.argv;
const environment = environments.find((one) => one.name === name);
if (environment?.cloud !== "aws") throw new Error(`there is no environment ${String(name)} on AWS`);

const app = new App({ outdir });
new AwsStateStack(app, `${environment.name}-state`, environment);
new AwsClusterStack(app, environment.name, environment);
app.synth();
report();
