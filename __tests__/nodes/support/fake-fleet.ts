import { FakeAddresses } from "./fake-addresses";
import { FakeScalingGroups } from "./fake-pools";
import { FakeServer, Refusal } from "./fake-server";

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export interface LifecycleCall {
  readonly hook: string;
  readonly instance: string;
}

/**
 * The part of the fake of AWS that has machines: EC2's instances, and the one Auto Scaling group that masters are in.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
 */
export abstract class FakeFleet extends FakeServer {
  group = "masters";
  launchHook = "launch";
  terminationHook = "termination";
  readonly instances = new Map<string, InstanceState>();
  /** The group's, with their lifecycle state. In Pending:Wait and Terminating:Wait the group waits for its hook. */
  readonly members = new Map<string, string>();
  readonly heartbeats: LifecycleCall[] = [];
  readonly completions: LifecycleCall[] = [];
  /** Those that a machine has completed by giving itself up. */
  readonly abandoned: LifecycleCall[] = [];
  readonly suspended = new Set<string>();
  readonly pools = new FakeScalingGroups();
  readonly addresses = new FakeAddresses();
  /** The pool that the role's policy names. */
  pool = "lab/general";

  protected ec2(action: string, form: URLSearchParams): string {
    if (action.endsWith("Addresses") || action.endsWith("Address"))
      return this.addresses.answer(action, form, this.pool);
    if (action !== "DescribeInstances") throw new Refusal(400, "InvalidAction");
    const id = form.get("InstanceId.1") ?? "";
    if (this.pools.has(id)) return this.pools.describeInstances(form);
    const state = this.instances.get(id);
    if (!/^i-[0-9a-z-]+$/.test(id)) throw new Refusal(400, "InvalidInstanceID.Malformed");
    if (state === undefined) throw new Refusal(400, "InvalidInstanceID.NotFound");
    const item = `<instanceId>${id}</instanceId>
      <instanceState>
        <code>16</code>
        <name>${state}</name>
      </instanceState>`;
    const reservation = `<item><instancesSet><item>${item}</item></instancesSet></item>`;
    return `<reservationSet>${reservation}</reservationSet>`;
  }

  protected autoscaling(action: string, form: URLSearchParams): string {
    if (action === "DescribeAutoScalingGroups") return this.pools.describeGroups(form);
    const instance = form.get("InstanceId") ?? form.get("InstanceIds.member.1") ?? "";
    const state = this.members.get(instance);
    if (action === "DescribeAutoScalingInstances") {
      const member = `<InstanceId>${instance}</InstanceId><LifecycleState>${state}</LifecycleState>`;
      const members = state === undefined ? "" : `<member>${member}</member>`;
      return `<${action}Result><AutoScalingInstances>${members}</AutoScalingInstances></${action}Result>`;
    }
    if (form.get("AutoScalingGroupName") !== this.group) {
      throw new Refusal(400, "ValidationError", "AutoScalingGroup name not found");
    }
    const hook = form.get("LifecycleHookName") ?? "";
    const waiting = { [this.launchHook]: "Pending:Wait", [this.terminationHook]: "Terminating:Wait" };
    switch (action) {
      case "RecordLifecycleActionHeartbeat":
      case "CompleteLifecycleAction":
        if (state === undefined || state !== waiting[hook]) {
          const text = `No active Lifecycle Action found with instance ID ${instance}`;
          throw new Refusal(400, "ValidationError", text);
        }
        if (action === "RecordLifecycleActionHeartbeat") {
          this.heartbeats.push({ hook, instance });
        } else if (form.get("LifecycleActionResult") === "ABANDON") {
          this.abandoned.push({ hook, instance });
          this.members.set(instance, "Terminating:Proceed");
        } else {
          this.completions.push({ hook, instance });
          this.members.set(instance, state === "Pending:Wait" ? "InService" : "Terminating:Proceed");
        }
        return `<${action}Result/>`;
      case "SuspendProcesses":
        this.suspended.add(form.get("ScalingProcesses.member.1") ?? "all");
        return "";
      case "ResumeProcesses":
        this.suspended.delete(form.get("ScalingProcesses.member.1") ?? "all");
        return "";
      default:
        throw new Refusal(400, "InvalidAction");
    }
  }
}
