import { Aspects, type IAspect, TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** A resource that says by its group's name where it stands. */
interface Grouped {
  readonly resourceGroupNameInput: string;
}

/**
 * Replaces all that stands in a stack's resource group when that goes to another location. Much of it knows the group by its name
 * alone, which stays the same: Terraform would leave it in place, in a group and a network that it destroys, and stop half-way.
 *
 * @param name as those who stand in it say it
 */
export function followGroup(stack: TerraformStack, group: TerraformResource, name: string): void {
  const location = `${group.terraformResourceType}.${group.friendlyUniqueId}.location`;
  const aspect: IAspect = {
    visit(node) {
      if (isGrouped(node) && node.resourceGroupNameInput === name) {
        node.lifecycle = { ...node.lifecycle, replaceTriggeredBy: [location] };
      }
    },
  };
  Aspects.of(stack).add(aspect);
}

function isGrouped(node: IConstruct): node is TerraformResource & Grouped {
  return TerraformResource.isTerraformResource(node) && "resourceGroupNameInput" in node;
}
