import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { ApiServer } from "./api-server";

/** What has to be among the secrets of a platform with both add-ons, so that none is forgotten. */
const EXPECTED = [
  "consul/consul-authority tls.key",
  "consul/consul-tls tls.key",
  "consul/consul-gossip gossip.json",
  "consul/consul-management token",
  "consul/consul-agent-token token",
  "consul/consul-dns-token token",
  "consul/consul-snapshot-token token",
  "vault/vault-consul-token token",
  "vault/vault-authority tls.key",
  "vault/vault-tls tls.key",
  "account of consul-consul-secrets",
  "account of consul-consul-tokens",
  "account of consul-consul-token-vault",
  "account of vault-vault-secrets",
  "account of vault-vault",
  "the credential's key",
  "the seal's token",
  "the root token",
  "another root token",
  ...[0, 1, 2].flatMap((i) => [`share ${i}`, `share ${i} in base64`]),
];

/** Likewise where somebody could see them: of each job what it said and executed, of each server what it said and wrote down. */
const PLACES = [
  ...[
    "consul-consul-secrets",
    "consul-consul-tokens",
    "consul-consul-token-vault",
    "vault-vault-secrets",
  ].flatMap((job) => [new RegExp(`^${job}-\\w+\\.log$`), new RegExp(`^${job}-\\w+\\.executed$`)]),
  ...[0, 1, 2].flatMap((i) => [
    new RegExp(`^consul-consul-${i}\\.log$`),
    new RegExp(`^vault-vault-${i}\\.log$`),
  ]),
  /^kube-apiserver\.log$/,
  /^vault-init\.executed$/,
  /^claims\/vault\/audit-vault-\d\/audit\.log$/,
];

/**
 * Logs and what was executed below a test's directory, by their paths; but not what lies in pods, which nobody else sees.
 *
 * @throws Error where one is not there that has to be
 */
export function printedAndExecuted(directory: string): [name: string, text: string][] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(log|executed)$/.test(name) && !name.startsWith("pods/"),
  );
  const missing = PLACES.filter((place) => !names.some((name) => place.test(name)));
  if (missing.length > 0) throw new Error(`nothing is like ${missing.join(", ")} among ${names.join(", ")}`);
  return names.map((name) => [name, readFileSync(path.join(directory, name), "utf8")]);
}

/** What must be seen nowhere, each under a name that says what it is. */
export class Secrets {
  private readonly all = new Map<string, string>();

  add(name: string, text: string): void {
    const secret = text.includes("PRIVATE KEY") ? firstLine(text) : text;
    // What is shorter could be found by chance.
    if (secret.length <= 20) throw new Error(`${name} is no secret: it has ${secret.length} characters`);
    this.all.set(name, secret);
  }

  /** Adds what is in a namespace's Secrets but for certificates: of documents each value. */
  addThoseOf(api: ApiServer, namespace: string): void {
    const { items } = api.get<{ items: { metadata: { name: string }; data: Record<string, string> }[] }>(
      ...["secrets", "--namespace", namespace],
    );
    for (const { metadata, data } of items) {
      for (const [key, encoded] of Object.entries(data)) {
        const text = Buffer.from(encoded, "base64").toString();
        if (text.includes("CERTIFICATE") && !text.includes("PRIVATE KEY")) continue;
        const values = key.endsWith(".json") ? leaves(JSON.parse(text)) : [text];
        for (const value of values) this.add(`${namespace}/${metadata.name} ${key}`, value);
      }
    }
  }

  /** Adds those with which pods have called the API. @param pods the directory in which they ran */
  addTokensOf(pods: string): void {
    for (const name of readdirSync(pods, { recursive: true, encoding: "utf8" })) {
      const [, pod] = /^([^/]+)\/volumes\/kube-api-access-[^/]+\/token$/.exec(name) ?? [];
      if (pod) this.add(`account of ${pod}`, readFileSync(path.join(pods, name), "utf8"));
    }
  }

  /** What should have been added, and was not. */
  get missing(): string[] {
    const names = [...this.all.keys()].map((name) => name.replace(/^(account of .*)-\w+$/, "$1"));
    return EXPECTED.filter((name) => !names.includes(name));
  }

  /** Those that stand in a text, as they are or within something that is written in base64. */
  in(text: string): string[] {
    return [...this.all]
      .filter(([, secret]) => spellings(secret).some((one) => text.includes(one)))
      .map(([name]) => name);
  }
}

/** Of a private key's PEM the line that the secret begins in. */
function firstLine(pem: string): string {
  return pem.slice(pem.indexOf("PRIVATE KEY")).split("\n")[1] ?? "";
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** A text as it is, and in base64 as it looks after any number of other bytes. */
function spellings(text: string): string[] {
  const after = [0, 1, 2].map((bytes) => {
    const encoded = Buffer.from("-".repeat(bytes) + text).toString("base64");
    // At either end a character may be of a neighbour's bytes too.
    return encoded.replace(/=+$/, "").slice([0, 2, 3][bytes], -1);
  });
  return [text, ...after];
}
