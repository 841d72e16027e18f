import { Fn, type TerraformDataSource, type TerraformResource, type TerraformStack } from "cdktf";

/** Makes one of a type; `idOf` gives the id of the first one of another type. */
export type Make = (
  stack: TerraformStack,
  id: string,
  idOf: (type: string) => string,
) => TerraformResource | TerraformDataSource;

export const tags = { Name: "bench" };

export const policy = (action: string) =>
  Fn.jsonencode({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: ["*"] }] });
