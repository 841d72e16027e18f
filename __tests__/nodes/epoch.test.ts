import { testWith } from "../support/tools";
import { hasEtcd } from "./support/etcd";
import { Estate } from "./support/master";
import { S3_SERVER } from "./support/s3-server";

const ready = hasEtcd && S3_SERVER !== undefined;
const test = testWith({ "MinIO and kubeadm": ready }, "scripts/dev/setup.sh nodes");

let estate: Estate;
beforeAll(async () => {
  if (ready) estate = await Estate.start("3.6");
});
afterAll(async () => {
  if (ready) await estate.stop();
});

/** Runs on a machine of its own and gives the lines that it printed. */
async function on(
  instance: string,
  script: string,
): Promise<{ status: number | null; lines: string[]; stderr: string }> {
  const { status, stdout, stderr } = await estate.master(instance).run(script);
  return { status, lines: stdout.trim().split("\n"), stderr };
}

/** Each test has epochs of its own, so that one bucket serves all. */
let space = 0;
const own = () => `EPOCHS=test-${++space}/epochs/ PINS=test-${space}/pin/\n`;

test("a claim whose answer was lost on the way is still one's own", async () => {
  const { lines } = await on(
    "i-1",
    `${own()} epoch_claim 1 i-1 node ''; epoch_claim 1 i-1 node '' && echo mine; epoch_newest`,
  );
  expect(lines).toEqual(["mine", "1"]);
});

test("an epoch that is closed never serves again: another master may go by that", async () => {
  const { lines } = await on(
    "i-1",
    `${own()} epoch_claim 1 i-1 node ''; epoch_set 1 i-1 closed; status=0; epoch_set 1 i-1 serving || status=$?
    store_get "$(epoch_key 1)" record; echo "$status $(field state record)"`,
  );
  expect(lines).toEqual(["15 closed"]);
});

test("an epoch that has served cannot be claimed again, not even by the machine that had it", async () => {
  const { lines } = await on(
    "i-1",
    `${own()} epoch_claim 1 i-1 node ''; epoch_set 1 i-1 serving; status=0; epoch_claim 1 i-1 node '' || status=$?; echo $status`,
  );
  expect(lines).toEqual(["15"]);
});

test("only its owner closes an epoch", async () => {
  const { lines } = await on(
    "i-1",
    `${own()} epoch_claim 1 i-1 node ''
    status=0; epoch_set 1 i-2 closed 5 || status=$?; echo $status
    epoch_set 1 i-1 closed 5; store_get "$(epoch_key 1)" e; field state e; field revision e`,
  );
  expect(lines).toEqual(["15", "closed", "5"]);
});

test("a successor waits until the epoch is closed", async () => {
  const { lines, stderr } = await on(
    "i-2",
    `${own()} cloud_is_gone() { return 1; }
    epoch_claim 1 i-1 node ''
    ( sleep 6; epoch_set 1 i-1 closed 7; echo closed ) &
    epoch_await_end 1 1 i-2; echo ended; wait`,
  );
  expect(lines).toEqual(["closed", "ended"]);
  expect(stderr).toContain("ALARM predecessor-alive");
});

test("or until the cloud says that its master is gone", async () => {
  const { lines, stderr } = await on(
    "i-2",
    `${own()} cloud_is_gone() { [ "$1" = i-1 ] && [ -e gone ]; }
    epoch_claim 1 i-1 node ''
    ( sleep 1; touch gone ) &
    epoch_await_end 1 1 i-2; echo ended`,
  );
  expect(lines).toEqual(["ended"]);
  expect(stderr).toContain("its master i-1 is gone");
});

test("a record that names no master is told at once, and nobody is taken for gone", async () => {
  const { lines, stderr } = await on(
    "i-2",
    `${own()} cloud_is_gone() { return "$UNREACHABLE"; }; pause() { echo paused; exit 7; }
    echo '{' >e; store_put_new "$(epoch_key 1)" e
    ( epoch_await_end 1 1 i-2 ) || echo "$?"`,
  );
  expect(lines).toEqual(["paused", "7"]);
  expect(stderr).toContain("ALARM predecessor-alive: the record of epoch 1 names no master");
});

test("nothing is claimed after the last number that a key can have", async () => {
  const { lines, stderr } = await on(
    "i-1",
    `${own()} epoch_claim 9999999999 i-1 node ''; status=0; epoch_claim 10000000000 i-1 node '' || status=$?
    echo "$status $(epoch_newest)"; store_list "$EPOCHS" | wc -l`,
  );
  expect(lines).toEqual(["1 9999999999", "1"]);
  expect(stderr).toContain("ALARM epochs-unknown: epoch 9999999999 is the last");
});

describe("a pin", () => {
  const SNAPSHOT = "etcd/0000000001/00000000000000000007";
  const pin = (id: number) =>
    `printf '{\\n  "snapshot": "${SNAPSHOT}"\\n}\\n' >p; store_put_new "$PINS$(printf %010d ${id}).json" p\n`;

  test("waits for the next claim, and is used up once that claim's master has served", async () => {
    const { lines } = await on(
      "i-1",
      `${own()} epoch_claim 1 i-1 node ''; epoch_set 1 i-1 serving
      ${pin(1)}
      id=$(pin_pending 1); echo "pending $id $(pin_snapshot "$id")"
      epoch_claim 2 i-2 node "$id"; epoch_set 2 i-2 serving
      echo "after $(pin_pending 2)"
      epoch_set 2 i-2 closed; epoch_claim 3 i-3 node ''; echo "later $(pin_pending 3)"`,
    );
    expect(lines).toEqual([`pending 0000000001 ${SNAPSHOT}`, "after ", "later"]);
  });

  test("is carried on when the claim's master died before it served", async () => {
    const { lines } = await on(
      "i-1",
      `${own()} ${pin(1)}
      epoch_claim 1 i-1 node 0000000001
      echo "again $(pin_pending 1)"
      epoch_set 1 i-1 closed
      echo "closed unserved $(pin_pending 1)"
      epoch_claim 2 i-2 node "$(pin_pending 1)"; epoch_set 2 i-2 serving; echo "done $(pin_pending 2)"`,
    );
    expect(lines).toEqual(["again 0000000001", "closed unserved 0000000001", "done"]);
  });

  test("that is set after another was used counts anew", async () => {
    const { lines } = await on(
      "i-1",
      `${own()} ${pin(1)} epoch_claim 1 i-1 node 0000000001; epoch_set 1 i-1 serving
      ${pin(2)} pin_pending 1`,
    );
    expect(lines).toEqual(["0000000002"]);
  });

  test("that names none takes back what waits, and what was used stays used", async () => {
    const none = `printf '{\\n  "snapshot": "none"\\n}\\n' >p; store_put_new "$PINS"0000000002.json p\n`;
    const { lines } = await on(
      "i-1",
      `${own()} ${pin(1)} echo "waits $(pin_pending 0)"
      ${none} echo "taken back $(pin_pending 0)"
      epoch_claim 1 i-1 node ''; epoch_set 1 i-1 serving; echo "later $(pin_pending 1)"
      ${pin(3)} echo "anew $(pin_pending 1)"`,
    );
    expect(lines).toEqual(["waits 0000000001", "taken back ", "later ", "anew 0000000003"]);
  });

  test("that names nothing could not be read: it is not passed over", async () => {
    const { lines } = await on(
      "i-1",
      `${own()} printf '{\\n}\\n' >p; store_put_new "$PINS"0000000001.json p
      status=0; pin_pending 0 || status=$?; answer_name "$status"`,
    );
    expect(lines).toEqual(["unreachable"]);
  });
});
