export { AddonNamespace, type AddonNamespaceProps, LENDS_IDENTITY } from "./addon-namespace";
export { Consul, type ConsulProps, type IConsul } from "./consul/consul";
export { areServers } from "./consul/consul-rules";
export { type Image, IMAGES, unverifiedImages } from "./images";
export { type LabelProps, type Labels, labelsOf, selectorOf } from "./labels";
export type { Placement } from "./placement";
