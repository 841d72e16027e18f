/** What Terraform complains of. Its excerpt of the configuration is dropped: a secret may stand in that line. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

interface Line {
  readonly type?: string;
  readonly diagnostic?: {
    readonly severity: "error" | "warning";
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

/** The diagnostics among the lines that `terraform ... -json` prints. */
export function diagnosticsIn(stdout: string): Diagnostic[] {
  return stdout.split("\n").flatMap((text) => {
    const { type, diagnostic } = parse(text);
    if (type !== "diagnostic" || !diagnostic) return [];
    const { severity, summary = "", detail = "", address } = diagnostic;
    return [{ severity, summary, detail, ...(address === undefined ? {} : { address }) }];
  });
}

function parse(text: string): Line {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
}
