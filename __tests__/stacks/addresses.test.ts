import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { addresses } from "../support/synth";
import { estate } from "../support/estate";

// An address is a promise to everybody who has deployed: Terraform destroys what has lost its address. A change of
// these files is reviewed as such, and ships with a `moved`. To write them anew: UPDATE_ADDRESSES=1 npx jest addresses
test.each(Object.entries(estate()))("the addresses of %s are those that were promised", (id, terraform) => {
  const file = path.join(__dirname, "addresses", `${id}.txt`);
  const found = `${addresses(terraform).join("\n")}\n`;
  if (process.env["UPDATE_ADDRESSES"] === "1") {
    writeFileSync(file, found);
  }
  expect(found).toBe(readFileSync(file, "utf8"));
});
