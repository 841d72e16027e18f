import { App } from "cdktf";
import { exitOnInvalid } from "keelson/core";
import { LedgerStack } from "./ledger-stack";

exitOnInvalid(() => {
  const app = new App();
  new LedgerStack(app, "ledger");
  app.synth();
});
