import { App } from "cdktf";
import { exitOnInvalid } from "keelson/core";
import { AwsClusterStack, AwsStateStack, stateStackId, validate } from "keelson/stacks";
import { prod } from "./prod-eu-west-1";

exitOnInvalid(() => {
  validate([prod], { simulated: process.env.KEELSON_SIMULATED === "1" });
  const app = new App();
  new AwsStateStack(app, stateStackId(prod), prod);
  new AwsClusterStack(app, prod.name, prod);
  app.synth();
});
