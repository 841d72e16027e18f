import { Shell } from "./support/shell";

describe("waiting and draining where the API server swallows what it is sent", () => {
  const clouds = "cloud_is_reclaimed() { [ -e notice ]; }";
  /** Has a kubectl that answers neither at once nor ever, and notes each call. */
  const silent = `
    mkdir -p bin
    printf '#!/bin/sh\\necho "$*" >>calls\\nexec sleep 60\\n' >bin/kubectl
    chmod +x bin/kubectl
    PATH=$PWD/bin:$PATH`;
  const shell = (scale = "1") =>
    new Shell(["log.sh", "waiting.sh", "joining.sh", "drain.sh"], { CLOCK_SCALE: scale });
  const run = async (script: string, scale?: string) => {
    const lab = shell(scale);
    try {
      const before = Date.now();
      const ended = await lab.run(`${clouds}\n${script}`);
      return { ...ended, seconds: (Date.now() - before) / 1000 };
    } finally {
      lab.dispose();
    }
  };

  test("await keeps its seconds, however long each try takes", async () => {
    const slow = "slow() { echo try >>tries; sleep 1; return 1; }";
    const { stdout, stderr } = await run(
      `${slow}\nawait 3 readiness slow || echo "over"\nwc -l <tries; await 3 it true && echo at once`,
    );
    expect(stdout).toMatch(/^over\n[123]\nat once\n$/);
    expect(stderr).toMatch(/readiness: not after [34] s/);
  }, 20_000);

  test("a command ends after five seconds, though kubectl asks an API server again that does not answer", async () => {
    const { stdout, seconds } = await run(`${silent}\nnode_kube get node x || echo "$?"`);
    expect(stdout).toBe("124\n");
    expect(seconds).toBeLessThan(8);
  }, 20_000);

  const many = `all=$(for n in $(seq 110); do echo "default web-$n"; done)
    drain_cordon() { :; }
    drain_pods() { echo "$all"; }`;
  const evictions =
    "node_kube() { echo x >>calls; [ $(wc -l <calls) -ne 3 ] || touch notice; sleep 0.2; return 124; }";

  test("looks at the end after each pod, and not after all of them", async () => {
    // A quarter of an hour in a second.
    const script = `${many}\n${evictions.replace("touch notice", ":")}\ndrain here || echo left\nwc -l <calls`;
    const { stdout, stderr } = await run(script, "0.0011");
    const [left, calls] = stdout.trim().split("\n");
    expect(left).toBe("left");
    expect(Number(calls)).toBeLessThan(12);
    expect(stderr).toContain("default/web-1 is not evicted: no answer");
    expect(stderr).toContain("no more time, and still there: default web-1, default web-2");
  }, 60_000);

  test("hears of the spot market's notice between two pods, and has ninety seconds then", async () => {
    // Ninety seconds in one, a quarter of an hour in ten.
    const { stdout } = await run(`${many}\n${evictions}\ndrain here || echo left\nwc -l <calls`, "0.011");
    const [left, calls] = stdout.trim().split("\n");
    expect(left).toBe("left");
    expect(Number(calls)).toBeGreaterThanOrEqual(3);
    expect(Number(calls)).toBeLessThan(15);
  }, 60_000);
});
