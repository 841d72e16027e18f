import { Fn } from "cdktf";

/** The values that a condition compares with. */
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of a policy, in IAM's own words. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string | Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}

/** A policy document. Terraform encodes it, so that values which only Terraform knows may stand in it. */
export function policy(...statements: readonly Statement[]): string {
  return Fn.jsonencode({ Version: "2012-10-17", Statement: statements });
}
