import type { Cloud } from "../invent";
import { decode, isObject, type DynamicValue, type ObjectValue } from "../protocol/value";

/** How the instances of a provider were configured: each of its aliases has a connection of its own. */
export class Configurations {
  private readonly known = new WeakMap<object, ObjectValue | null>();
  private last: ObjectValue | null = null;

  put(connection: object, config: DynamicValue | undefined): void {
    const value = decode(config);
    this.last = isObject(value) ? value : null;
    this.known.set(connection, this.last);
  }

  of(connection: object): ObjectValue | null {
    return this.known.get(connection) ?? this.last;
  }

  /** Where a provider instance works, as far as its configuration tells. */
  cloudOf(connection: object): Cloud {
    const config = this.of(connection);
    const region = typeof config?.["region"] === "string" ? config["region"] : "us-east-1";
    const accounts = config?.["allowed_account_ids"];
    const account = Array.isArray(accounts) && typeof accounts[0] === "string" ? accounts[0] : "000000000000";
    if (region.startsWith("cn-"))
      return { region, account, partition: "aws-cn", dnsSuffix: "amazonaws.com.cn" };
    const partition = region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    return { region, account, partition, dnsSuffix: "amazonaws.com" };
  }
}
