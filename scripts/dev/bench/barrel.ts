// A child of the benchmark: what keelson.ts would be if the sources imported the provider by its bare name. Node loads a
// module once, so importing the barrel once costs what importing it from each file does.
/* eslint-disable @typescript-eslint/no-require-imports -- the barrel's price is the question; as an import it would be
   paid by every type-check too, and would not be sure to come first */
import "./watch";
require("@cdktf/provider-aws");
require("./keelson");
