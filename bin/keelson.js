#!/usr/bin/env node
// In a clone the TypeScript sources run as they are; an installed package brings them compiled.
const { existsSync } = require("node:fs");
const path = require("node:path");

const sources = path.join(__dirname, "../lib/cli/main.ts");
if (existsSync(sources)) require("tsx/cjs");
const { main } = require(existsSync(sources) ? sources : path.join(__dirname, "../dist/lib/cli/main.js"));

void main(process.argv);
