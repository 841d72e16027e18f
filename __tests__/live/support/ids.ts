/** An output that has the id of each of these resources, by its address. */
export function idsOf(resources: Readonly<Record<string, object>>) {
  const addresses = Object.entries(resources).flatMap(([type, all]) =>
    Object.keys(all).map((name) => `${type}.${name}`),
  );
  return { ids: { value: Object.fromEntries(addresses.map((one) => [one, `\${${one}.id}`])) } };
}
