import { isObject, Unknown, type ObjectValue } from "./protocol/value";
import type { ResourceType } from "./plan";

/** Plans `tags_all` as the AWS provider does: the provider's default tags, overlaid with the resource's own. */
export function mergeDefaultTags(
  { block, defaultTags }: ResourceType,
  planned: ObjectValue,
  config: ObjectValue | null,
): void {
  if (!block.attributes["tags"] || !block.attributes["tags_all"]) return;
  if ((config?.["tags_all"] ?? null) !== null) return;
  const tags = planned["tags"] ?? null;
  if (tags instanceof Unknown) planned["tags_all"] = new Unknown();
  else planned["tags_all"] = { ...defaultTags, ...(isObject(tags) ? tags : {}) };
}

/** The `default_tags` of a provider's configuration, or none. */
export function defaultTagsOf(config: ObjectValue | null): ObjectValue {
  const block = config?.["default_tags"];
  const first = Array.isArray(block) ? block[0] : block;
  const tags = isObject(first) ? first["tags"] : undefined;
  return isObject(tags) ? tags : {};
}
