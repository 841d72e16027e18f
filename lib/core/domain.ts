import type { Rule } from "./invalid";

/** A DNS label. @see https://datatracker.ietf.org/doc/html/rfc1123#section-2.1 */
export const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A DNS subdomain of at most 253 characters, as Kubernetes has it: its parts have no limit of their own, unlike a host name's. */
export const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** A name that can be part of a domain's. */
export const isLabel: Rule<string> = (label) =>
  LABEL.test(label) ? [] : [{ mustHold: "must be a DNS label, such as prod-us-east-1", got: label }];

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A domain name in lower case, without a dot at its end. */
export const isDomain: Rule<string> = (domain) =>
  DOMAIN.test(domain)
    ? []
    : [{ mustHold: "must be a domain name in lower case, such as example.org", got: domain }];
