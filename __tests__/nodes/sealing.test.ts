import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { AwsLab, AzureLab, CLOUD_LABS } from "./support/cloud-labs";

// The first line of what is sealed: the cluster's id and a sha256.
const LINE = "c1 ".length + 64 + 1;

describe.each(CLOUD_LABS)("sealing on $name", ({ start }) => {
  let lab: AwsLab | AzureLab;
  /** Sealed once: three parts on both clouds. */
  let lines: readonly string[];
  const local = (name: string): string => path.join(lab.shell.directory, name);
  const write = (changed: readonly string[]): void =>
    writeFileSync(local("changed"), `${changed.join("\n")}\n`);
  const chunk = (): number => (lab instanceof AzureLab ? 190 : 4096);

  beforeAll(async () => {
    lab = await start();
    lab.heal();
    writeFileSync(local("plain"), lab.value.repeat(400).slice(0, chunk() * 3 - LINE));
    expect(await lab.answer("seal c1 plain sealed")).toBe("yes");
    lines = readFileSync(local("sealed"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(4);
  });
  beforeEach(() => lab.heal());
  afterAll(() => lab.stop());

  test("gives back each file byte for byte, whatever its size is next to a chunk's", async () => {
    const sizes = [1, 189, 190, 191, 4095, 4096, 4097].flatMap((size) =>
      size > LINE + 1 && size - LINE < 1000 ? [size, size - LINE] : [size],
    );
    for (const size of [0, ...sizes, 4096 - LINE, 4097 - LINE]) {
      const content = randomBytes(size);
      writeFileSync(local("file"), content);
      expect([size, await lab.answer("seal c1 file file.sealed && unseal c1 file.sealed copy")]).toEqual([
        size,
        "yes",
      ]);
      expect(readFileSync(local("copy")).equals(content)).toBe(true);
    }
  }, 120_000);

  test("seals 20 KB of anything, as a text whose every part is the key service's work", async () => {
    const content = Buffer.concat([Buffer.alloc(300), Buffer.from("\n\n\r\n"), randomBytes(20_000)]);
    writeFileSync(local("big"), content);
    expect(await lab.answer("seal c1 big big.sealed && unseal c1 big.sealed copy")).toBe("yes");
    expect(readFileSync(local("copy")).equals(content)).toBe(true);
    const sealed = readFileSync(local("big.sealed"), "latin1").trimEnd().split("\n");
    const parts = Math.ceil((content.length + LINE) / chunk());
    expect(sealed).toHaveLength(parts + 1);
    expect(sealed[0]).toMatch(new RegExp(`^keelson-sealed-1 c1 ${parts} [0-9a-z-]+$`));
    expect(lab.api.calls.filter((call) => call.startsWith(lab.services.keys))).toHaveLength(2 * parts);
  }, 120_000);

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

  test("does not open what has a part swapped, removed, doubled, or from another file", async () => {
    const [header = "", one = "", two = "", three = ""] = lines;
    const count = (parts: number): string => header.replace(" 3 ", ` ${parts} `);
    writeFileSync(local("another"), "y".repeat(chunk() * 3 - LINE));
    expect(await lab.answer("seal c1 another another.sealed")).toBe("yes");
    const foreign = readFileSync(local("another.sealed"), "utf8").split("\n")[2] ?? "";
    const changes: Readonly<Record<string, readonly string[]>> = {
      swapped: [header, one, three, two],
      removed: [header, one, two],
      "removed and counted": [count(2), one, two],
      "removed in the middle": [count(2), one, three],
      doubled: [header, one, two, two, three],
      "doubled and counted": [count(4), one, two, two, three],
      "from another file": [header, one, foreign, three],
      "no parts": [count(0)],
      "nothing but the first": [count(1), one],
    };
    for (const [how, changed] of Object.entries(changes)) {
      write(changed);
      const before = lab.api.received;
      expect([how, await lab.answer("unseal c1 changed fresh")]).toEqual([how, "no"]);
      if (how === "removed" || how === "doubled") expect([how, lab.api.received]).toEqual([how, before]);
    }
    expect(existsSync(local("fresh"))).toBe(false);
  }, 30_000);

  test("does not open what has a byte flipped, or is cut short", async () => {
    const [header = "", one = "", two = "", three = ""] = lines;
    const flip = (line: string, at: number): string =>
      line.slice(0, at) + (line[at] === "A" ? "B" : "A") + line.slice(at + 1);
    const changes = [
      [header, flip(one, 0), two, three],
      [header, one, flip(two, two.length >> 1), three],
      [header, one, two, flip(three, three.length - 4)],
      [header, one, two.replace(/^./, "!"), three],
      [header, one, two, three.slice(0, -5)],
      [header, one, two, three.slice(0, -8)],
      [header, one, two, ""],
      [header.replace("keelson", "keelsom"), one, two, three],
      [header.replace(" 3 ", " x "), one, two, three],
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
    const version = (file: string): string | undefined => readFileSync(local(file), "utf8").split(/[ \n]/)[3];
    expect(version("newer") === version("sealed")).toBe(!(lab instanceof AzureLab));
  });

  test("seals all parts by one version, also where the key is rotated meanwhile", async () => {
    const waits = "touch first; until [ -e second ]; do sleep 0.02; done";
    const halting = `eval "really_$(declare -f seal_part)"; seal_part() { really_seal_part "$@"; ${waits}; }`;
    const answer = lab.answer("seal c1 plain between", {}, halting);
    await lab.shell.run("until [ -e first ]; do sleep 0.02; done");
    if (lab instanceof AzureLab) lab.api.keys.get("sealing")?.rotate();
    writeFileSync(local("second"), "");
    expect(await answer).toBe("yes");
    expect(await lab.answer("unseal c1 between copy && cmp plain copy")).toBe("yes");
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

test("KMS is told of which cluster each part is, and its place, and opens it under nothing else", async () => {
  const lab = await AwsLab.start();
  writeFileSync(path.join(lab.shell.directory, "plain"), randomBytes(5000));
  expect(await lab.answer("seal c1 plain sealed && unseal c1 sealed copy")).toBe("yes");
  const told = ["1", "2"].map((part) => ({ cluster: "c1", part, parts: "2" }));
  expect(lab.api.contexts).toEqual([...told, ...told]);
  await lab.stop();
});
