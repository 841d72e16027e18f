import { Aspects, type IAspect, TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** A resource of azurerm that can be tagged: the provider has no default tags, and half of its types have none at all. */
interface Taggable {
  tags: Readonly<Record<string, string>>;
  readonly tagsInput?: Readonly<Record<string, string>>;
}

/** Tags all resources of a stack that can be. What a resource says of itself stays. */
export function tagAll(stack: TerraformStack, tags: Readonly<Record<string, string>>): void {
  const aspect: IAspect = {
    visit(node) {
      if (isTaggable(node)) {
        node.tags = { ...tags, ...node.tagsInput };
      }
    },
  };
  Aspects.of(stack).add(aspect);
}

function isTaggable(node: IConstruct): node is TerraformResource & Taggable {
  return TerraformResource.isTerraformResource(node) && "tagsInput" in node;
}
