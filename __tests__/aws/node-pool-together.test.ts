import { Construct } from "constructs";
import { type IAwsCluster, NodePool } from "../../lib/aws";
import { BALANCERS, CLUSTER, makePools, type Pool, WORKERS } from "../support/node-pool";
import { synth } from "../support/synth";
import { problemsIn } from "../support/problems";

/** What is wrong with pools of one stack beside one another. */
function wrong(pools: readonly Pool[], own: Partial<IAwsCluster> = {}): readonly string[] {
  return problemsIn(() => {
    synth((stack) => makePools(stack, pools, own));
  });
}

test("the second pool of a cluster that would have the wildcard name is refused", () => {
  expect(wrong([BALANCERS, { ...BALANCERS, name: "beside" }])).toEqual([
    "test/pools/beside/cluster: 'pools' must have one load-balancer pool at most that the wildcard name leads to, " +
      'got ["edge","beside"]; say wildcard: false of the others',
  ]);
  expect(wrong([BALANCERS, { ...BALANCERS, name: "beside", wildcard: false }, WORKERS])).toEqual([]);
  expect(wrong([BALANCERS, { ...BALANCERS, name: "beside" }], { publicZone: undefined })).toEqual([]);
});

test("pools of one cluster and one name are refused, wherever in the stack they stand", () => {
  synth((stack) => {
    makePools(stack, [WORKERS]);
    const elsewhere = new Construct(stack, "elsewhere");
    expect(() => new NodePool(elsewhere, "other", { ...WORKERS, cluster: CLUSTER })).toThrow(
      `test/elsewhere/other/cluster: 'pools' must have a name of its own each, got ["general"]`,
    );
    new NodePool(elsewhere, "foreign", { ...WORKERS, cluster: { ...CLUSTER, resourceName: "acme-dev" } });
  });
});

test("the pool with which there are more nodes than the range of pods has room for is refused", () => {
  const podCidr = "10.244.0.0/20";
  const pools = [
    { ...WORKERS, maxCount: 6 },
    { ...WORKERS, name: "more", maxCount: 6 },
  ];
  expect(wrong(pools, { podCidr })).toEqual([]);
  expect(wrong([...pools, { ...WORKERS, name: "most", maxCount: 1 }], { podCidr })).toEqual([
    expect.stringMatching(/^test\/pools\/most\/cluster: 'pools' must come to at most 16 nodes, .*, got 18/),
  ]);
});

test("a pool that was refused by itself is counted with no other", () => {
  synth((stack) => {
    const scope = new Construct(stack, "pools");
    expect(() => new NodePool(scope, "bad", { ...WORKERS, diskGiB: 1, cluster: CLUSTER })).toThrow("diskGiB");
    new NodePool(scope, "good", { ...WORKERS, cluster: CLUSTER });
  });
});
