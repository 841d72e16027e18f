import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { run } from "../support/project";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const withTools = testWith(
  { jq: has("jq"), curl: has("curl"), openssl: has("openssl") },
  "apt-get install jq curl openssl",
);

/**
 * Stands in for Consul's command line, whose real one the live tests have: authorities and certificates as it makes them, by openssl.
 * DAYS is for how long a certificate is good.
 */
const CONSUL = `#!/bin/sh
set -e
case "$2 $3" in
  "ca create")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Consul Agent CA $(date +%N)" \\
      -keyout vault-agent-ca-key.pem -out vault-agent-ca.pem 2>/dev/null ;;
  "cert create")
    names=DNS:localhost
    for word; do
      case $word in
        -ca=*) ca=\${word#*=} ;;
        -key=*) key=\${word#*=} ;;
        -dc=*) names=$names,DNS:server.\${word#*=}.vault ;;
        -additional-dnsname=*) names=$names,DNS:\${word#*=} ;;
      esac
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$(cat "$DAYS")" -subj "/CN=server.prod.vault" -addext "subjectAltName=$names" \\
      -CA "$ca" -CAkey "$key" -keyout prod-server-vault-0-key.pem -out prod-server-vault-0.pem 2>/dev/null ;;
esac
`;

let directory: string;
let api: Server;
/** The Secrets of an API server that is not there, by name: their data. */
let secrets: Record<string, Record<string, string>>;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "keelson-certificates-"));
  secrets = {};
  writeFileSync(path.join(directory, "consul"), CONSUL);
  chmodSync(path.join(directory, "consul"), 0o755);
  for (const [name, text] of Object.entries({ token: "of-account", "ca.crt": "", days: "365" })) {
    writeFileSync(path.join(directory, name), text);
  }
  api = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "" } = request;
      const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as {
        metadata?: { name: string };
        stringData?: Record<string, string>;
      };
      const name = body.metadata?.name ?? path.basename(url);
      const known = secrets[name];
      if (method === "GET" && known === undefined) response.writeHead(404).end("{}");
      else if (method === "GET") response.end(JSON.stringify({ data: encoded(known ?? {}) }));
      else {
        secrets[name] = { ...known, ...body.stringData };
        response.writeHead(method === "POST" ? 201 : 200).end("{}");
      }
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await new Promise((resolve) => api.close(resolve));
  rmSync(directory, { recursive: true });
});

/** One run of the job; what it says. */
async function renew(NAMES = "vault *.vault-internal"): Promise<string> {
  const { code, stderr } = await run("sh", [path.join(ROOT, "scripts/pod/vault-secrets.sh")], directory, {
    PATH: `${directory}:${process.env["PATH"] ?? ""}`,
    ...{ API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, ACCOUNT: directory },
    ...{ NAMESPACE: "vault", DOMAIN: "vault", DATACENTER: "prod", NAMES, LABELS: "{}" },
    ...{ AUTHORITY_SECRET: "vault-authority", TLS_SECRET: "vault-tls", DAYS: path.join(directory, "days") },
  });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stderr;
}

const of = (secret: string, key: string) => secrets[secret]?.[key] ?? "";
const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));

withTools("a second run changes nothing of a certificate that is good for long", async () => {
  await renew();
  const first = structuredClone(secrets);
  expect(await renew()).toContain("vault/vault-tls is good until");
  expect(secrets).toEqual(first);
  expect(of("vault-tls", "ca.crt")).toBe(of("vault-authority", "tls.crt"));
});

withTools("a certificate that ends soon is followed by one of the same authority", async () => {
  writeFileSync(path.join(directory, "days"), "100");
  await renew();
  const { "tls.crt": first, "ca.crt": authority } = structuredClone(secrets["vault-tls"] ?? {});
  await renew();
  expect(of("vault-tls", "tls.crt")).not.toBe(first);
  expect(of("vault-tls", "ca.crt")).toBe(authority);
});

withTools("so is one that lacks a name which the servers have by now, and no other", async () => {
  await renew();
  const { "tls.crt": first, "ca.crt": authority } = structuredClone(secrets["vault-tls"] ?? {});
  expect(await renew("*.vault-internal")).toContain("is good until");
  expect(await renew("vault vault-internal")).toContain("vault/vault-tls is changed");
  expect(of("vault-tls", "tls.crt")).not.toBe(first);
  expect(of("vault-tls", "ca.crt")).toBe(authority);
});

withTools(
  "a new authority is trusted before it signs, and the old one until nothing of it is left",
  async () => {
    await renew();
    const old = structuredClone(secrets);
    delete secrets["vault-authority"];

    expect(await renew()).toContain("the next run signs with it");
    const authority = of("vault-authority", "tls.crt");
    const both = `${old["vault-tls"]?.["ca.crt"] ?? ""}${authority}`;
    expect(secrets["vault-tls"]).toEqual({ ...old["vault-tls"], "ca.crt": both });

    expect(await renew()).toContain("the next run takes the old one away");
    expect(of("vault-tls", "ca.crt")).toBe(both);
    expect(of("vault-tls", "tls.crt")).not.toBe(old["vault-tls"]?.["tls.crt"]);

    expect(await renew()).toContain("trusted no more");
    expect(of("vault-tls", "ca.crt")).toBe(authority);
    expect(await renew()).toContain("is good until");
  },
);
