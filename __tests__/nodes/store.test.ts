import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { has, testWith } from "../support/tools";
import { ended, freePort, LIB, Shell, stop } from "./support/shell";
import { STORE_LABS, type StoreLab } from "./support/store-labs";

const setUp = "scripts/dev/setup.sh nodes";
const withShellcheck = testWith({ shellcheck: has("shellcheck") }, "apt-get install shellcheck");

describe.each(STORE_LABS)("the store on $name", ({ needs, start }) => {
  const stored = testWith(needs, setUp);
  let lab: StoreLab;
  let shell: Shell;

  /** What a command was answered with, by name, after a script that has to succeed. */
  const answer = async (command: string, env: Record<string, string> = {}, before = ""): Promise<string> => {
    const { stdout, stderr, status } = await shell.run(
      `${lab.admin}\n${before}\nstatus=0\n${command} || status=$?\nanswer_name "$status"`,
      { STORE_URL: lab.storeUrl, ...env },
    );
    for (const secret of lab.secrets) {
      expect(stdout + stderr).not.toContain(secret);
    }
    expect([status, stderr.replace(/^curl: .*\n/gm, "")]).toEqual([0, ""]);
    return stdout.trim();
  };
  const through = (): { STORE_URL: string } => ({
    STORE_URL: lab.proxy.url + new URL(lab.storeUrl).pathname,
  });
  const local = (name: string): string => path.join(shell.directory, name);

  beforeAll(async () => {
    if (Object.values(needs).every(Boolean)) {
      lab = await start();
      shell = new Shell(lab.libraries, lab.env);
      expect(await answer("create_store")).toBe("present");
    }
  });
  afterEach(() => {
    if (lab) {
      lab.proxy.fault = "pass";
    }
  });
  afterAll(async () => {
    await lab?.stop();
    shell?.dispose();
  });

  stored.each([
    "identity/epochs/0000000001.json",
    "with space/plus+percent%2Fand%/'quotes'&amp;<angle>",
    "unicode/schlüssel-ключ-鍵",
    "equals=a,b;c:d@e!f*g(h)$~[i]",
  ])("takes, lists and gives back %s", async (key) => {
    const name = key.replaceAll("'", `'\\''`);
    const text = `what lies under ${key}\n`;
    writeFileSync(local("content"), text);
    expect(await answer(`store_put_new '${name}' content`)).toBe("present");
    expect(await answer(`store_get '${name}' copy`)).toBe("present");
    expect(readFileSync(local("copy"), "utf8")).toBe(text);
    expect(await answer(`store_list '${name}'`)).toBe(`${key}\npresent`);
  });

  stored("gives back an empty object, and one of 20 MB, byte for byte", async () => {
    expect(
      await answer(
        `store_get etcd/big big.copy && cmp big big.copy && store_get etcd/empty empty.copy && cmp empty empty.copy`,
        {},
        `head -c 20000000 /dev/urandom >big; : >empty; store_put_new etcd/big big; store_put_new etcd/empty empty`,
      ),
    ).toBe("present");
  });

  stored("tells absent, deleted and no-store apart", async () => {
    const removed = "date >it; store_put_new gone it; remove gone";
    expect(await answer("store_get never copy")).toBe("absent");
    expect(await answer("store_get gone copy", {}, removed)).toBe("deleted");
    const elsewhere = { STORE_URL: `${lab.storeUrl}-elsewhere` };
    for (const command of [
      "store_get key copy",
      "store_list etcd/",
      "store_ever etcd/",
      "store_put_new key it",
    ]) {
      expect(await answer(command, elsewhere)).toBe("no-store");
    }
    expect(readdirSync(shell.directory).filter((file) => file.startsWith("copy."))).toEqual([]);
  });

  stored("knows a prefix where nothing ever was from one that was emptied", async () => {
    expect(await answer("store_ever nothing/")).toBe("absent");
    expect(await answer("store_ever here/", {}, "date >it; store_put_new here/it it")).toBe("present");
    const emptied = "date >it; store_put_new emptied/it it; remove emptied/it";
    expect(await answer("store_ever emptied/", {}, emptied)).toBe("present");
    expect(await answer("store_list emptied/")).toBe("present");
  });

  stored("knows a prefix where something was deleted from one where nothing was", async () => {
    expect(await answer("store_deleted untouched/")).toBe("absent");
    expect(await answer("store_deleted kept/", {}, "date >it; store_put_new kept/it it")).toBe("absent");
    const deleted = "date >it; store_put_new cut/a it; store_put_new cut/b it; remove cut/a";
    expect(await answer("store_deleted cut/", {}, deleted)).toBe("present");
    expect(await answer("store_deleted cut/", { STORE_URL: "http://store.invalid/keelson" })).toBe(
      "unreachable",
    );
  });

  stored("lets exactly one of 20 put what is not there", async () => {
    const race = Array.from({ length: 20 }, async (_, writer) => {
      writeFileSync(local(`writer-${writer}`), `writer ${writer}`);
      return [`writer ${writer}`, await answer(`store_put_new race/put writer-${writer}`)] as const;
    });
    const answers = await Promise.all(race);
    const won = answers.filter(([, answered]) => answered === "present");
    expect(answers.filter(([, answered]) => answered === "taken")).toHaveLength(19);
    expect(await answer("store_get race/put winner")).toBe("present");
    expect(won.map(([writer]) => writer)).toEqual([readFileSync(local("winner"), "utf8")]);
  });

  stored("lets exactly one of 20 swap what all of them have read", async () => {
    await answer("date >it; store_put_new race/swap it");
    const race = Array.from({ length: 20 }, async (_, writer) => {
      writeFileSync(local(`swapper-${writer}`), `swapper ${writer}`);
      const read = `store_get race/swap swap-${writer}; until [ -e go ]; do sleep 0.05; done; `;
      return [
        `swapper ${writer}`,
        await answer(`store_swap race/swap swapper-${writer} "$STORE_ETAG"`, {}, `${read}`),
      ] as const;
    });
    const allHaveRead = setInterval(() => {
      const read = readdirSync(shell.directory).filter((file) => /^swap-\d+$/.test(file));
      if (read.length === 20) {
        writeFileSync(local("go"), "");
      }
    }, 50);
    const answers = await Promise.all(race).finally(() => clearInterval(allHaveRead));
    const won = answers.filter(([, answered]) => answered === "present");
    expect(answers.filter(([, answered]) => answered === "taken")).toHaveLength(19);
    expect(await answer("store_get race/swap winner")).toBe("present");
    expect(won.map(([writer]) => writer)).toEqual([readFileSync(local("winner"), "utf8")]);
  });

  stored("lists all pages", async () => {
    const keys = Array.from({ length: 7 }, (_, n) => `pages/${n} &+`);
    await answer(`date >it; for n in {0..6}; do store_put_new "pages/$n &+" it; done`);
    expect(await answer("store_list pages/", { LIST_PAGE: "2" })).toBe([...keys, "present"].join("\n"));
    expect(await answer("store_list pages/")).toBe([...keys, "present"].join("\n"));
  });

  stored("tags an object", async () => {
    await answer("date >it; store_put_new tagged it");
    expect(await answer("store_tag tagged superseded yes")).toBe("present");
    expect(await answer("store_tag never superseded yes")).toBe("absent");
    expect(await answer("read_tags tagged")).toContain("<Key>superseded</Key><Value>yes</Value>");
  });

  stored("works where every failure ends the shell, and ends it with the answer", async () => {
    const script = `
      date >it
      store_put_new plain/it it; store_get plain/it copy; store_swap plain/it copy "$STORE_ETAG"
      store_tag plain/it superseded yes; store_list plain/; store_ever plain/
      ! is_unknown "$ABSENT" && is_unknown "$DENIED" && is_unknown 1 && echo end
      store_get plain/never copy
      echo not reached`;
    const { stdout, stderr, status } = await shell.run(script, { STORE_URL: lab.storeUrl });
    expect([stdout, stderr, status]).toEqual(["plain/it\nend\n", "", 10]);
  });

  stored("calls an answer of 500, 503 or 429, a 404 without a code, and a redirect unreachable", async () => {
    for (const fault of [500, 503, 429, 404, 307]) {
      lab.proxy.fault = fault;
      for (const command of ["store_get key copy", "store_list etcd/", "store_ever etcd/"]) {
        expect([fault, command, await answer(command, through())]).toEqual([fault, command, "unreachable"]);
      }
    }
    expect(await answer("date >it; store_put_new key it", through())).toBe("unreachable");
  });

  stored("calls a closed port and a name that nobody has unreachable", async () => {
    const closed = { STORE_URL: `http://127.0.0.1:${await freePort()}/keelson` };
    expect(await answer("store_get key copy", closed)).toBe("unreachable");
    expect(await answer("store_ever key", { STORE_URL: "http://store.invalid/keelson" })).toBe("unreachable");
    expect(await answer("store_get key copy", { IMDS: `http://127.0.0.1:${await freePort()}` })).toBe(
      "unreachable",
    );
  });

  stored("leaves no shorter file where a download is cut short, with and without a length", async () => {
    await answer("head -c 3000000 /dev/urandom >it; store_put_new cut/download it");
    writeFileSync(local("copy"), "before");
    for (const fault of ["cut-download", "no-length"] as const) {
      lab.proxy.fault = fault;
      expect(await answer("store_get cut/download copy", through())).toBe("unreachable");
      expect(await answer("store_list cut/", through())).toMatch(/^(.*\n)?unreachable$/);
    }
    expect(readFileSync(local("copy"), "utf8")).toBe("before");
    expect(readdirSync(shell.directory)).not.toContain("copy.part");
  });

  stored("leaves no object where an upload is cut short", async () => {
    lab.proxy.fault = "cut-upload";
    expect(await answer("head -c 5000000 /dev/urandom >it; store_put_new half/upload it", through())).toBe(
      "unreachable",
    );
    expect(await answer("store_ever half/")).toBe("absent");
  });

  stored("keeps secrets out of every process' arguments and environment", async () => {
    lab.proxy.fault = "hang";
    const child = shell.start("store_get key copy", { STORE_URL: through().STORE_URL });
    const running = ended(child);
    const curls = (): string[] =>
      readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid))
        .flatMap((pid) => {
          try {
            const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
            return line.includes(through().STORE_URL)
              ? [line + readFileSync(`/proc/${pid}/environ`, "utf8")]
              : [];
          } catch {
            return []; // it has just ended
          }
        })
        .filter((line) => line.startsWith("curl\0"));
    const deadline = Date.now() + 20_000;
    while (curls().length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const seen = curls();
    lab.proxy.dropAll();
    await running;
    await stop(child);
    expect(seen).toHaveLength(1);
    for (const secret of lab.secrets) {
      expect(seen[0]).not.toContain(secret);
    }
  });

  stored("is denied where the machine may not read, and with wrong credentials", async () => {
    if (lab.hidden) {
      expect(await answer(`store_get ${lab.hidden}key copy`)).toBe("denied");
    }
    for (const fault of [401, 403]) {
      lab.proxy.fault = fault;
      expect(await answer("store_get key copy", through())).toBe("denied");
    }
    lab.spoilCredentials();
    for (const command of [
      "store_get key copy",
      "store_list etcd/",
      "store_ever etcd/",
      "store_put_new k it",
    ]) {
      expect([command, await answer(command)]).toEqual([command, "denied"]);
    }
  });
});

withShellcheck("the libraries of a machine are clean under shellcheck", () => {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .map((file) => path.join(LIB, file));
  const { stdout, status } = spawnSync("shellcheck", ["-x", ...files], { encoding: "utf8" });
  expect([stdout, status]).toEqual(["", 0]);
});
