import * as path from "node:path";
import { Fn, Token } from "cdktf";

/** Absolute, since cdktf takes a relative path from the consumer's cdktf.json. The same from lib and from dist/lib. */
export const SCRIPTS = path.resolve(__dirname, "../../scripts/node");

/** A single quote inside a single-quoted shell string: close it, quote the quote, open it again. */
const QUOTE = Fn.rawString(`'"'"'`);

/** NAME='value' for a shell, for any value, which may be one that only Terraform knows. */
export function assignment(name: string, value: string): string {
  return Fn.join("", [`${name}='`, Fn.replace(verbatim(value), "'", QUOTE), "'"]);
}

/** A value as an argument of one of Terraform's functions, with escapes that cdktf leaves to us. */
function verbatim(value: string): string {
  return Token.isUnresolved(value)
    ? value
    : Fn.rawString(value.replaceAll("\\", "\\\\").replaceAll("%{", "%%{"));
}
