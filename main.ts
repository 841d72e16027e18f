import { App } from "cdktf";
import { exitOnInvalid } from "./lib/core";
import { addStacks, validate } from "./stacks";
import { environments } from "./stacks/environments";

exitOnInvalid(() => {
  validate(environments, { simulated: process.env.KEELSON_SIMULATED === "1" });

  const app = new App();
  for (const environment of environments) {
    addStacks(app, environment);
  }
  app.synth();
});
