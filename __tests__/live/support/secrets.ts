import type { ApiServer } from "./api-server";

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
        if (["ca.crt", "tls.crt"].includes(key)) continue;
        const text = Buffer.from(encoded, "base64").toString();
        const values = key.endsWith(".json") ? leaves(JSON.parse(text)) : [text];
        for (const value of values) this.add(`${namespace}/${metadata.name} ${key}`, value);
      }
    }
  }

  get names(): string[] {
    return [...this.all.keys()];
  }

  /** Those that stand in a text, as they are or within something that is written in base64. */
  in(text: string): string[] {
    return this.names.filter((name) => spellings(this.all.get(name) ?? "").some((one) => text.includes(one)));
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
