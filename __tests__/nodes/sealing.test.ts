import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { AwsLab, AzureLab, CLOUD_LABS } from "./support/cloud-labs";

describe.each(CLOUD_LABS)("sealing on $name", ({ start }) => {
  let lab: AwsLab | AzureLab;
  /** Sealed once: a header, the sealed key, and what it encrypts. */
  let lines: readonly string[];
  const local = (name: string): string => path.join(lab.shell.directory, name);
  const write = (changed: readonly string[]): void =>
    writeFileSync(local("changed"), `${changed.join("\n")}\n`);

  beforeAll(async () => {
    lab = await start();
    lab.heal();
    writeFileSync(local("plain"), lab.value.repeat(400));
    expect(await lab.answer("seal c1 plain sealed")).toBe("yes");
    lines = readFileSync(local("sealed"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(3);
  });
  beforeEach(() => lab.heal());
  afterAll(() => lab.stop());

  test("gives back each file byte for byte, whatever its size is next to a cipher's block", async () => {
    for (const size of [0, 1, 15, 16, 17, 4095, 4096, 4097]) {
      const content = randomBytes(size);
      writeFileSync(local("file"), content);
      expect([size, await lab.answer("seal c1 file file.sealed && unseal c1 file.sealed copy")]).toEqual([
        size,
        "yes",
      ]);
      expect(readFileSync(local("copy")).equals(content)).toBe(true);
    }
  }, 120_000);

  test("seals 20 KB of anything, as a text, with one request to the key service, and one to open it", async () => {
    const content = Buffer.concat([Buffer.alloc(300), Buffer.from("\n\n\r\n"), randomBytes(20_000)]);
    writeFileSync(local("big"), content);
    expect(await lab.answer("seal c1 big big.sealed && unseal c1 big.sealed copy")).toBe("yes");
    expect(readFileSync(local("copy")).equals(content)).toBe(true);
    const sealed = readFileSync(local("big.sealed"), "latin1").trimEnd().split("\n");
    expect(sealed).toHaveLength(3);
    expect(sealed[0]).toMatch(/^keelson-sealed-2 c1 [0-9a-z-]+$/);
    expect(lab.api.calls.filter((call) => call.startsWith(lab.services.keys))).toHaveLength(2);
  });

  test("encrypts each file with a key of its own, also one that it has sealed before", async () => {
    expect(await lab.answer("seal c1 plain again")).toBe("yes");
    const again = readFileSync(local("again"), "utf8").trimEnd().split("\n");
    expect([again[1] === lines[1], again[2] === lines[2]]).toEqual([false, false]);
  });

  test("takes a cluster's id of 64 characters, with which the key service has room for the rest", async () => {
    const cluster = "c".repeat(64);
    expect(
      await lab.answer(`seal ${cluster} plain long && unseal ${cluster} long copy && cmp plain copy`),
    ).toBe("yes");
    expect(await lab.answer(`seal c${cluster} plain longer`)).toBe("no");
  });

  test("puts both files there for their owner only, and leaves nothing else", async () => {
    expect(await lab.answer("unseal c1 sealed copy")).toBe("yes");
    for (const name of ["sealed", "copy"]) expect(statSync(local(name)).mode & 0o777).toBe(0o600);
    const left = readdirSync(local("run/keelson"));
    expect(left.filter((name) => !name.startsWith("remembered."))).toEqual([]);
    expect(readdirSync(lab.shell.directory).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("does not open what is another cluster's, nor what says that it is this one's", async () => {
    const before = lab.api.received;
    expect(await lab.answer("unseal c2 sealed fresh")).toBe("no");
    expect(lab.api.received).toBe(before);
    write(lines.map((line, i) => (i === 0 ? line.replace("c1", "c2") : line)));
    expect(await lab.answer("unseal c2 changed fresh")).toBe("no");
    expect(existsSync(local("fresh"))).toBe(false);
  });

  test("does not open what has a line swapped, removed, doubled, or from another file", async () => {
    const [header = "", key = "", content = ""] = lines;
    writeFileSync(local("another"), "y".repeat(400));
    expect(await lab.answer("seal c1 another another.sealed")).toBe("yes");
    const [, foreignKey = "", foreignContent = ""] = readFileSync(local("another.sealed"), "utf8").split(
      "\n",
    );
    const changes: Readonly<Record<string, readonly string[]>> = {
      swapped: [header, content, key],
      removed: [header, key],
      doubled: [header, key, content, content],
      "nothing but the header": [header],
      "nothing encrypted": [header, key, ""],
      "the key of another file": [header, foreignKey, content],
      "the content of another file": [header, key, foreignContent],
    };
    for (const [how, changed] of Object.entries(changes)) {
      write(changed);
      const before = lab.api.received;
      expect([how, await lab.answer("unseal c1 changed fresh")]).toEqual([how, "no"]);
      if (how === "removed" || how === "doubled") expect([how, lab.api.received]).toEqual([how, before]);
    }
    expect(existsSync(local("fresh"))).toBe(false);
  }, 30_000);

  test("does not open as this cluster's what was sealed for another, whoever has changed the header", async () => {
    expect(await lab.answer("seal c2 plain other.sealed")).toBe("yes");
    const [header = "", ...rest] = readFileSync(local("other.sealed"), "utf8").trimEnd().split("\n");
    write([header.replace("c2", "c1"), ...rest]);
    expect(await lab.answer("unseal c1 changed fresh")).toBe("no");
    expect(existsSync(local("fresh"))).toBe(false);
  });

  test("does not open what has a byte flipped, or is cut short", async () => {
    const [header = "", key = "", content = ""] = lines;
    const flip = (line: string, at: number): string =>
      line.slice(0, at) + (line[at] === "A" ? "B" : "A") + line.slice(at + 1);
    const changes = [
      [header, flip(key, 0), content],
      [header, flip(key, key.length >> 1), content],
      [header, key.replace(/^./, "!"), content],
      [header, key.slice(0, -5), content],
      [header, key, flip(content, 0)],
      [header, key, flip(content, content.length >> 1)],
      [header, key, flip(content, content.length - 4)],
      [header, key, content.slice(0, -8)],
      [header.replace("keelson", "keelsom"), key, content],
      [],
    ];
    for (const changed of changes) {
      write(changed);
      expect([changed, await lab.answer("unseal c1 changed fresh")]).toEqual([changed, "no"]);
    }
    expect(existsSync(local("fresh"))).toBe(false);
  }, 30_000);

  test("does not open what another key has sealed", async () => {
    const other = lab instanceof AzureLab ? "other" : "arn:aws:kms:us-east-1:111122223333:key/other";
    lab.api.addKey(other);
    const answer = await lab.answer("unseal c1 sealed fresh", { SEALING_KEY: other });
    // Key Vault is asked for the version that the file names, which the other key does not have.
    expect(answer).toBe(lab instanceof AzureLab ? "denied" : "no");
    expect(existsSync(local("fresh"))).toBe(false);
  });

  test("opens what was sealed before the key was rotated", async () => {
    if (lab instanceof AzureLab) lab.api.keys.get("sealing")?.rotate();
    expect(await lab.answer("seal c1 plain newer && unseal c1 newer copy && unseal c1 sealed copy")).toBe(
      "yes",
    );
    const version = (file: string): string | undefined => readFileSync(local(file), "utf8").split(/[ \n]/)[2];
    expect(version("newer") === version("sealed")).toBe(!(lab instanceof AzureLab));
  });

  test.each(["disabled", "deleted"] as const)("is denied with a key that is %s", async (state) => {
    lab.setKey(state);
    expect(await lab.answer("unseal c1 sealed fresh")).toBe("denied");
    expect(await lab.answer("seal c1 plain fresh")).toBe("denied");
    expect(existsSync(local("fresh"))).toBe(false);
  });

  test("is denied where the role may not, and with credentials that are over or another's", async () => {
    lab.api.deny(lab.services.keys);
    expect(await lab.answer("unseal c1 sealed fresh")).toBe("denied");
    expect(await lab.answer("seal c1 plain fresh")).toBe("denied");
    lab.heal();
    lab.spoilCredentials();
    expect(await lab.answer("unseal c1 sealed fresh")).toBe("denied");
  });

  test("calls a key service in trouble unreachable, and leaves what was there before", async () => {
    writeFileSync(local("before"), "before");
    for (const outage of [500, 503, 429, 404, "cut", "no-length"] as const) {
      lab.api.outages.set(lab.services.keys, outage);
      for (const command of ["unseal c1 sealed before", "seal c1 plain before"]) {
        expect([outage, command, await lab.answer(command)]).toEqual([outage, command, "unreachable"]);
      }
    }
    expect(await lab.answer("unseal c1 not-there before")).toBe("unreachable");
    expect(readFileSync(local("before"), "utf8")).toBe("before");
  }, 30_000);

  test.each(["seal c1 plain fresh", "unseal c1 sealed fresh"])(
    "keeps what is sealed out of every process' arguments and environment: %s",
    async (command) => {
      const seen = await lab.waiting(command, lab.services.keys);
      // As it stands in what is sealed, and in base64, which depends on where in it.
      const encoded = [0, 1, 2].map((at) => Buffer.from(lab.value.slice(at)).toString("base64").slice(0, 36));
      for (const secret of [lab.value, ...encoded, ...lab.secretsSeen]) {
        expect(seen.filter((process) => process.includes(secret))).toEqual([]);
      }
    },
  );
});

test("KMS is told of which cluster a key is, and opens it under nothing else", async () => {
  const lab = await AwsLab.start();
  writeFileSync(path.join(lab.shell.directory, "plain"), randomBytes(5000));
  expect(await lab.answer("seal c1 plain sealed && unseal c1 sealed copy")).toBe("yes");
  expect(lab.api.contexts).toEqual([{ cluster: "c1" }, { cluster: "c1" }]);
  await lab.stop();
});
