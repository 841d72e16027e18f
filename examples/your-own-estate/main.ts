import { App } from "cdktf";
import { exitOnInvalid } from "keelson/core";
import { addStacks, validate } from "keelson/stacks";
import { prod } from "./prod-eu-west-1";

exitOnInvalid(() => {
  validate([prod], { simulated: process.env.KEELSON_SIMULATED === "1" });
  const app = new App();
  addStacks(app, prod);
  app.synth();
});
