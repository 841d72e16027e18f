import { UnsealingKey, unsealingKeyOf, type UnsealingKeyProps } from "../../lib/azure";
import { addresses, only } from "../support/synth";
import { PLACE, synth } from "./support/synth";

const vault = unsealingKeyOf(PLACE, "acme-prod-1a2b3c4d");
const unsealingKey = (props: Partial<UnsealingKeyProps> = {}) =>
  synth((stack) => new UnsealingKey(stack, "key", { vault, ...props }));

test("it is a key in the vault that it is given, and nothing else", () => {
  const tf = unsealingKey();
  expect(addresses(tf)).toEqual([expect.stringMatching(/^azurerm_key_vault_key\.key_/)]);
  expect(only(tf, "azurerm_key_vault_key")["key_vault_id"]).toBe(vault.vaultId);
});

test("it has the name that the platform's stack names it by", () => {
  expect(only(unsealingKey(), "azurerm_key_vault_key")["name"]).toBe("unseal");
  expect(vault).toMatchObject({ name: "unseal", vaultUrl: "https://acme-prod-1a2b3c4d.vault.azure.net" });
});

test("it wraps keys and nothing else, is renewed each year, and never ends", () => {
  const key = only(unsealingKey(), "azurerm_key_vault_key");
  expect(key).toMatchObject({
    key_type: "RSA",
    key_opts: ["unwrapKey", "wrapKey"],
    rotation_policy: { automatic: { time_after_creation: "P1Y" } },
  });
  expect(key).not.toHaveProperty("expiration_date");
  expect(key["rotation_policy"]).not.toHaveProperty("expire_after");
});

test.each([
  [{}, true],
  [{ retainData: false }, false],
])("with %j Terraform refuses to destroy it: %s", (props, refuses) => {
  expect(only(unsealingKey(props), "azurerm_key_vault_key")["lifecycle"]).toEqual({
    prevent_destroy: refuses,
  });
});
