import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import globals from "globals";
import tseslint from "typescript-eslint";

const barrels = {
  regex: "^@cdktf/provider-[^/]+(/lib(/index|/lazy-index)?)?$",
  message: "Import '@cdktf/provider-x/lib/<resource>': the barrel costs seconds and half a gigabyte.",
};
const cli = {
  regex: "(^|/)cli(/|$)",
  message: "Constructs and stacks must not load the command line: keep lib/cli apart.",
};

/** The paths under which `process.env` may be read: the entry point and the command line. */
const readsEnvironment = [
  "main.ts",
  "examples/*/main.ts",
  "lib/cli/**",
  "scripts/**",
  "__tests__/**",
  "bin/**",
];

export default tseslint.config(
  { ignores: ["**/dist/", "**/cdktf.out/", "**/.keelson/", "**/coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  prettier,
  {
    languageOptions: { globals: globals.node },
    rules: {
      "no-restricted-imports": "off",
      "@typescript-eslint/no-restricted-imports": ["error", { patterns: [barrels] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // Constructs are made for their side effect on the tree.
      "no-new": "off",
    },
  },
  {
    files: ["lib/core/**", "lib/aws/**", "lib/azure/**", "lib/addons/**", "stacks/**"],
    rules: {
      "@typescript-eslint/no-restricted-imports": ["error", { patterns: [barrels, cli] }],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: readsEnvironment,
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only main.ts and the command line read the environment; pass the value as a prop.",
        },
      ],
    },
  },
  {
    // Those in TypeScript choose what to load.
    files: [
      ...["bin/**/*.js", "__tests__/support/*.js", "**/*.cjs"],
      ...["stacks/cloud-estate.ts", "stacks/add-stacks.ts"],
      ...["lib/cli/main.ts", "lib/cli/access/commands.ts", "lib/cli/access/secret-store.ts"],
    ],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
