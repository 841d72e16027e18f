import { App } from "cdktf";
import { exitOnInvalid } from "./lib/core";
import { AwsClusterStack, AwsStateStack, stateStackId, validate } from "./stacks";
import { environments } from "./stacks/environments";

exitOnInvalid(() => {
  validate(environments, { simulated: process.env.KEELSON_SIMULATED === "1" });

  const app = new App();
  for (const environment of environments) {
    new AwsStateStack(app, stateStackId(environment), environment);
    new AwsClusterStack(app, environment.name, environment);
  }
  app.synth();
});
