import type { ITerraformDependable } from "cdktf";
import fc from "fast-check";
import { isControlPlaneName } from "../../lib/aws";
import { controlPlane, IMAGE, NETWORK } from "../support/control-plane";
import { only, resources } from "../support/synth";

const tf = controlPlane();
const template = only(tf, "aws_launch_template");
const group = only(tf, "aws_autoscaling_group");

describe("the launch template", () => {
  test("asks for IMDSv2, which pods outside the host's network do not reach", () => {
    expect(template["metadata_options"]).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
    });
  });

  test("names the image that was written down", () => {
    expect(template["image_id"]).toBe(IMAGE.id);
  });

  test.each([
    ["m7i.large", "amd64"],
    ["m7g.large", "arm64"],
  ] as const)("takes %s for an image for %s where no type is named", (type, architecture) => {
    const other = controlPlane({ image: { ...IMAGE, architecture } });
    expect(only(other, "aws_launch_template")["instance_type"]).toBe(type);
  });

  test("has one encrypted gp3 volume, of 50 GiB or as many as asked, that goes away with the machine", () => {
    const disk = (volume_size: number) => [
      {
        device_name: "/dev/sda1",
        ebs: { volume_type: "gp3", volume_size, encrypted: "true", delete_on_termination: "true" },
      },
    ];
    expect(template["block_device_mappings"]).toEqual(disk(50));
    expect(only(controlPlane({ diskGiB: 200 }), "aws_launch_template")["block_device_mappings"]).toEqual(
      disk(200),
    );
  });

  test("tags machine, volume and interface with their name and the cluster's", () => {
    const tags = { Name: "acme-prod-master", "kubernetes.io/cluster/prod": "owned" };
    expect(template["tag_specifications"]).toEqual(
      ["instance", "volume", "network-interface"].map((resource_type) => ({ resource_type, tags })),
    );
  });

  test("gives the machine no public address, and the masters' security group only", () => {
    expect(template["network_interfaces"]).toEqual([
      {
        device_index: 0,
        associate_public_ip_address: "false",
        delete_on_termination: "true",
        security_groups: [
          expect.stringMatching(/^\$\{aws_security_group\.control-plane_security-group_\w+\.id\}$/),
        ],
      },
    ]);
  });
});

describe("the group", () => {
  test("is of one master, in any of the private subnets", () => {
    expect(group).toMatchObject({ min_size: 1, max_size: 1, vpc_zone_identifier: NETWORK.privateSubnetIds });
    expect(group).not.toHaveProperty("desired_capacity");
  });

  test("starts the template's newest version by its number, so that each new one is a change of the group", () => {
    expect(group["launch_template"]).toEqual({
      id: expect.stringMatching(/^\$\{aws_launch_template\.control-plane_launch-template_\w+\.id\}$/),
      version: expect.stringMatching(
        /^\$\{tostring\(aws_launch_template\.control-plane_launch-template_\w+\.latest_version\)\}$/,
      ),
    });
  });

  test("asks the load balancers whether the master is well", () => {
    expect(group).toMatchObject({
      health_check_type: "ELB",
      target_group_arns: [expect.stringContaining("aws_lb_target_group.control-plane_internal_masters_")],
    });
  });

  test("starts no second master: neither to balance zones, nor before the old one is gone", () => {
    expect(group).toMatchObject({
      suspended_processes: ["AZRebalance"],
      instance_maintenance_policy: { min_healthy_percentage: 0, max_healthy_percentage: 100 },
    });
  });

  test("keeps a machine in its launch hook for as long as its boot says that it goes on", () => {
    expect(group["initial_lifecycle_hook"]).toEqual([
      {
        name: "boot",
        lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        heartbeat_timeout: 1800,
        default_result: "CONTINUE",
      },
      expect.anything(),
    ]);
  });

  test("waits for the last snapshot when a machine ends, also its last one, before Terraform gives up", () => {
    expect(group["initial_lifecycle_hook"]).toEqual([
      expect.anything(),
      {
        name: "last-snapshot",
        lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeat_timeout: 600,
        default_result: "CONTINUE",
      },
    ]);
    // Terraform takes away what refers to the group before the group.
    expect(tf.resource).not.toHaveProperty("aws_autoscaling_lifecycle_hook");
    expect(group["timeouts"]).toEqual({ delete: "30m" });
  });

  test("is never taken for failed while its master holds", () => {
    expect(group["wait_for_capacity_timeout"]).toBe("0");
  });

  test("comes after all that a master needs, and goes before it", () => {
    const way = { fqn: "aws_nat_gateway.own" } as ITerraformDependable;
    const own = controlPlane({ network: { ...NETWORK, waysOut: [way] } });
    const needed = only(own, "aws_autoscaling_group")["depends_on"] as string[];
    expect(needed.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "aws_s3_object.control-plane_bundle",
      ...["boot", "cloud-controller", "volumes", "autoscaler", "sessions"].map(
        (caller) => `aws_iam_role_policy_attachment.control-plane_role_attachments_${caller}`,
      ),
      "aws_vpc_security_group_egress_rule.control-plane_out_world",
      "aws_nat_gateway.own",
    ]);
  });
});

describe("a rollout", () => {
  test("starts nothing by itself, as long as nobody says so", () => {
    expect(group).not.toHaveProperty("instance_refresh");
    expect(controlPlane({ rollout: "manual" })).toEqual(tf);
  });

  test("that is automatic replaces the master, the old one first, unless it has the newest template", () => {
    expect(only(controlPlane({ rollout: "automatic" }), "aws_autoscaling_group")["instance_refresh"]).toEqual(
      {
        strategy: "Rolling",
        preferences: { min_healthy_percentage: 0, max_healthy_percentage: 100, skip_matching: true },
      },
    );
  });

  test("is all that automatic and manual differ in", () => {
    const automatic = controlPlane({ rollout: "automatic" });
    delete only(automatic, "aws_autoscaling_group")["instance_refresh"];
    expect(automatic).toEqual(tf);
  });
});

describe("the scripts", () => {
  const bundle = only(tf, "aws_s3_object");

  test("are an object that is named after its content, which user data names", () => {
    expect(bundle).toMatchObject({
      bucket: "acme-prod-store",
      key: `boot/control-plane/${String(bundle["source_hash"])}.tar`,
      source_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(template["user_data"]).toContain(`BUNDLE='${String(bundle["key"])}'`);
  });

  test("of before stay there until no template names them any more", () => {
    expect(bundle["lifecycle"]).toEqual({ create_before_destroy: true });
  });
});

test("names are within AWS' limits, whatever the name", () => {
  const name = fc
    .stringMatching(/^[A-Za-z0-9-]{20,40}$/)
    .filter((text) => isControlPlaneName(text).length === 0);
  const limits = {
    aws_lb: 32,
    aws_lb_target_group: 32,
    aws_iam_role: 64,
    aws_iam_policy: 128,
    aws_launch_template: 128,
    aws_security_group: 255,
    aws_autoscaling_group: 255,
  };
  fc.assert(
    fc.property(name, (text) => {
      const made = controlPlane({ name: text, publicApi: { allowedCidrs: ["203.0.113.0/24"] } });
      for (const [type, limit] of Object.entries(limits)) {
        const names = Object.values(resources(made, type)).map((one) => String(one["name"]));
        expect(names).not.toEqual([]);
        expect(names.filter((one) => one.length > limit || !one.startsWith(text))).toEqual([]);
      }
    }),
    { numRuns: 5, examples: [["a".repeat(28)]] },
  );
});

test("what others add to the master, they add to its security group", () => {
  controlPlane({}, ({ resources: own, podCidr, serviceCidr }) => {
    expect(own.securityGroup.friendlyUniqueId).toMatch(/^control-plane_security-group_/);
    expect(own.group.friendlyUniqueId).toMatch(/^control-plane_group_/);
    expect([podCidr, serviceCidr]).toEqual(["10.244.0.0/16", "10.96.0.0/16"]);
  });
});
