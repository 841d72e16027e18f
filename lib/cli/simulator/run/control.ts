import { createServer, type Server, type Socket } from "node:net";

/** What the `terraform` in front of the real one asks before it runs. */
export interface Question {
  readonly pid: number;
  readonly binary: string;
  readonly cwd: string;
  readonly args: readonly string[];
}

/** A shell script to go on with, or an error to print and an exit code. */
export type Answer = { readonly script: string } | { readonly message: string; readonly exitCode: number };

/** Answers questions on the Unix socket `socket`: one JSON text each way, ended by the end of the stream. */
export async function control(
  socket: string,
  answer: (question: Question) => Promise<Answer>,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (connection: Socket) => {
    let text = "";
    connection.setEncoding("utf8");
    connection.on("data", (part: string) => (text += part));
    connection.on("error", () => connection.destroy());
    connection.on("end", () => {
      Promise.resolve()
        .then(() => answer(JSON.parse(text) as Question))
        .catch((error: unknown): Answer => {
          return {
            message: `simulated: ${error instanceof Error ? error.message : String(error)}\n`,
            exitCode: 1,
          };
        })
        .then((reply) => connection.end(JSON.stringify(reply)))
        .catch(() => connection.destroy());
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  return server;
}
