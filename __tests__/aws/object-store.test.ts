import { Fn } from "cdktf";
import { ObjectStore, type ObjectStoreProps, storeUrl } from "../../lib/aws";
import { addresses, only, synth, type Terraform } from "../support/synth";
import { problemsIn } from "../support/problems";

const store = (props: Partial<ObjectStoreProps> = {}) =>
  synth((stack) => new ObjectStore(stack, "store", { name: "acme-store", region: "eu-west-1", ...props }));

function problems(props: Partial<ObjectStoreProps>): readonly string[] {
  return problemsIn(() => {
    store(props);
  });
}

interface Denial {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: string;
  readonly Action: string | readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The bucket's policy, with "bucket" where Terraform puts its ARN. */
function statements(tf: Terraform): readonly Denial[] {
  const [, text = ""] =
    /^\$\{jsonencode\((.*)\)\}$/.exec(String(only(tf, "aws_s3_bucket_policy")["policy"])) ?? [];
  const json = text
    .replace(/\$\{aws_s3_bucket\.[\w-]+\.arn\}/g, "bucket")
    .replace(/aws_s3_bucket\.[\w-]+\.arn/g, '"bucket"')
    .replaceAll('" = ', '": ');
  return (JSON.parse(json) as { Statement: readonly Denial[] }).Statement;
}

/** What S3 knows of a request over TLS, and of one that puts a whole object. */
const TLS = { "aws:SecureTransport": "true" };
const PUT = { ...TLS, "s3:ObjectCreationOperation": "true" };

/** The denials that hit a request: as much of IAM's logic as these statements use. */
function denials(
  tf: Terraform,
  action: string,
  key: string,
  request: Readonly<Record<string, string>> = TLS,
) {
  const hit = ({ Effect, Principal, Action, Resource, Condition = {} }: Denial) =>
    Effect === "Deny" &&
    Principal === "*" &&
    [Action].flat().some((one) => one === action || one === "s3:*") &&
    Resource.some((one) => one.endsWith("/*") && `bucket/${key}`.startsWith(one.slice(0, -1))) &&
    Object.entries(Condition).every(([operator, wanted]) =>
      Object.entries(wanted).every(([name, value]) =>
        operator === "Null" ? String(!(name in request)) === value : request[name] === value,
      ),
    );
  return statements(tf)
    .filter(hit)
    .map(({ Sid }) => Sid);
}

const kept = store();
const spent = store({ retainData: false });
const both: [string, Terraform][] = [
  ["is retained", kept],
  ["is not", spent],
];

test.each(both)("a store that %s is one bucket, with all that a bucket of ours has", (_which, tf) => {
  expect(addresses(tf).map((address) => address.replace(/\..*/, ""))).toEqual([
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
  ]);
  expect(only(tf, "aws_s3_bucket_versioning")).toMatchObject({
    versioning_configuration: { status: "Enabled" },
  });
  expect(only(tf, "aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
  ]);
  expect(only(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    ...{ block_public_acls: true, block_public_policy: true },
    ...{ ignore_public_acls: true, restrict_public_buckets: true },
  });
});

test.each(both)("a store that %s answers over TLS only", (_which, tf) => {
  const plain = { "aws:SecureTransport": "false" };
  for (const [action, key] of [
    ["s3:GetObject", "identity/epochs/0000000001.json"],
    ["s3:PutObject", "boot/control-plane/1.tar"],
    ["s3:DeleteObject", "pin/0000000001.json"],
  ] as const) {
    expect(denials(tf, action, key, plain)).toContain("TlsOnly");
    expect(denials(tf, action, key)).not.toContain("TlsOnly");
  }
  // The bucket itself, whose list says what there is.
  expect(statements(tf)[0]?.Resource).toEqual(["bucket", "bucket/*"]);
});

test.each(both)("in a store that %s founding and snapshots are put once, by whomever", (_which, tf) => {
  for (const key of ["founding/cluster.json", "etcd/0000000001/00000000000000000007.db"]) {
    expect(denials(tf, "s3:PutObject", key, PUT)).toEqual(["PutOnce"]);
    expect(denials(tf, "s3:PutObject", key, { ...PUT, "s3:if-none-match": "*" })).toEqual([]);
  }
});

test("a part of a large snapshot, which knows of no condition, is let through", () => {
  const part = { ...TLS, "s3:ObjectCreationOperation": "false" };
  expect(denials(kept, "s3:PutObject", "etcd/0000000001/00000000000000000007.db", part)).toEqual([]);
});

test("everything else may be put again: an epoch's record, a bundle, a package, a pin", () => {
  for (const key of [
    "identity/epochs/0000000001.json",
    "boot/control-plane/1.tar",
    "packages/kubelet.deb",
    "pin/0000000001.json",
  ]) {
    expect(denials(kept, "s3:PutObject", key, PUT)).toEqual([]);
  }
});

const DELETES = ["s3:DeleteObject", "s3:DeleteObjectVersion"];

test("nobody deletes what a master is brought back from, no old version of it either", () => {
  for (const action of DELETES) {
    for (const key of [
      "founding/cluster.json",
      "identity/pki.sealed",
      "etcd/0000000001/00000000000000000007.db",
    ]) {
      expect(denials(kept, action, key)).toEqual(["KeepForGood"]);
    }
  }
});

test("what can be made again may be deleted", () => {
  for (const action of DELETES) {
    for (const key of [
      "boot/control-plane/1.tar",
      "packages/kubelet.deb",
      "pin/0000000001.json",
      "etcdx/1",
    ]) {
      expect(denials(kept, action, key)).toEqual([]);
    }
  }
});

test("in a store that need not be retained everything may be deleted", () => {
  for (const action of DELETES) {
    for (const key of [
      "founding/cluster.json",
      "identity/pki.sealed",
      "etcd/0000000001/00000000000000000007.db",
    ]) {
      expect(denials(spent, action, key)).toEqual([]);
    }
  }
});

test("nothing is allowed by the bucket, only denied", () => {
  expect(new Set(both.flatMap(([, tf]) => statements(tf)).map(({ Effect }) => Effect))).toEqual(
    new Set(["Deny"]),
  );
});

test.each(both)(
  "in a store that %s only superseded snapshots expire, each after a week and its version after another",
  (_which, tf) => {
    const rules = only(tf, "aws_s3_bucket_lifecycle_configuration")["rule"] as readonly Record<
      string,
      unknown
    >[];
    expect(rules.filter(({ status }) => status !== "Enabled")).toEqual([]);
    const ending = rules.filter(
      (rule) => "noncurrent_version_expiration" in rule || JSON.stringify(rule).includes('"days"'),
    );
    expect(ending).toEqual([
      {
        id: "superseded-snapshots",
        status: "Enabled",
        filter: [{ and: [{ prefix: "etcd/", tags: { superseded: "yes" } }] }],
        expiration: [{ days: 7 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
      },
    ]);
  },
);

test("what a lifecycle removes beside that are leavings: markers of what has expired, and uploads that nobody finished", () => {
  const rules = only(kept, "aws_s3_bucket_lifecycle_configuration")["rule"] as readonly { id: string }[];
  expect(rules.filter(({ id }) => id !== "superseded-snapshots")).toEqual([
    {
      id: "delete-markers",
      status: "Enabled",
      filter: [{ prefix: "etcd/" }],
      expiration: [{ expired_object_delete_marker: true }],
    },
    {
      id: "unfinished-uploads",
      status: "Enabled",
      filter: [{ prefix: "" }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
  ]);
});

test("Terraform refuses to destroy it unless it need not be retained, and then takes what is in it with it", () => {
  const explicit = store({ retainData: true });
  for (const tf of [kept, explicit]) {
    expect(only(tf, "aws_s3_bucket")).toEqual({
      bucket: "acme-store",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  }
  expect(only(spent, "aws_s3_bucket")).toEqual({
    bucket: "acme-store",
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
});

test("masters find it at its own region's address", () => {
  synth((stack) => {
    const { url } = new ObjectStore(stack, "store", { name: "acme-store", region: "eu-west-1" });
    expect(url).toBe("https://acme-store.s3.eu-west-1.amazonaws.com");
    expect(url).toBe(storeUrl("acme-store", "eu-west-1"));
  });
});

test.each(["", "eu-west-1a", "Ireland", "eu_west_1"])("%j is not a region", (region) => {
  expect(problems({ region })).toEqual([
    `test/store: 'region' must be a region such as "us-east-1", got ${JSON.stringify(region)}`,
  ]);
});

test.each(["cn-north-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"])(
  "in %s no master would find it",
  (region) => {
    expect(problems({ region })).toEqual([
      `test/store: 'region' must be a region whose services answer under amazonaws.com, got "${region}"`,
    ]);
  },
);

test("GovCloud's regions are taken, and one that only Terraform knows", () => {
  expect(problems({ region: "us-gov-west-1" })).toEqual([]);
  expect(problems({ region: Fn.lower("EU-WEST-1"), name: Fn.lower("ACME") })).toEqual([]);
});

test("everything that is wrong is reported at once", () => {
  expect(problems({ name: "a".repeat(64), region: "" }).map((line) => line.split(" must ")[0])).toEqual([
    "test/store: 'name'",
    "test/store: 'region'",
  ]);
});

describe("where Consul's snapshots lie in it, too", () => {
  const KEY = "addons/consul/20261121T190000Z.snap";
  const consul = store({ consulSnapshots: true });

  test("they are put once and deleted by nobody, and what lies beside them is not theirs", () => {
    expect(denials(consul, "s3:PutObject", KEY, PUT)).toEqual(["PutOnce"]);
    expect(denials(consul, "s3:PutObject", KEY, { ...PUT, "s3:if-none-match": "*" })).toEqual([]);
    expect(DELETES.map((action) => denials(consul, action, KEY))).toEqual([["KeepForGood"], ["KeepForGood"]]);
    expect(denials(consul, "s3:PutObject", "addons/other/1", PUT)).toEqual([]);
  });

  test("they may be deleted where nothing is retained", () => {
    const tf = store({ consulSnapshots: true, retainData: false });
    expect(DELETES.map((action) => denials(tf, action, KEY))).toEqual([[], []]);
  });

  test("they expire after a month, and their versions a week later; all other rules stay", () => {
    const rules = (tf: Terraform) =>
      only(tf, "aws_s3_bucket_lifecycle_configuration")["rule"] as readonly unknown[];
    const filter = [{ prefix: "addons/consul/" }];
    expect(rules(consul)).toEqual([
      ...rules(kept),
      {
        id: "consul-snapshots",
        status: "Enabled",
        filter,
        expiration: [{ days: 30 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
      },
      {
        id: "consul-delete-markers",
        status: "Enabled",
        filter,
        expiration: [{ expired_object_delete_marker: true }],
      },
    ]);
  });

  test("a store that is not told so knows nothing of them", () => {
    expect(JSON.stringify([kept, spent, store({ consulSnapshots: false })])).not.toContain("addons/");
  });
});
