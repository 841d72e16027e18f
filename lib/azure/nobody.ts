/**
 * Azure makes no Linux machine without a way to log in: it wants a password or a public key. This one is a key that nobody has: a
 * point of the curve that was found by hashing a sentence, so that there is no private key but for whoever breaks Ed25519. A
 * test finds it again. A key that Terraform makes would stand in its state, and one that a person has would be a secret to keep.
 */
export const NOBODYS_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMgmPMKiMssFC4erxTAdB8ia4tzF4UTgNcCDj6dSsZcI";

/** The user who has it, and so no way in. */
export const NOBODY = "nobody-logs-in";
