// Stands in front of the real Terraform during a simulation: asks the simulator what to run, and prints it as shell
// for the two-line script that called it. Plain JavaScript, since it starts with every Terraform command.
const net = require("node:net");

const [socket, pid, binary, ...args] = process.argv.slice(2);

const fail = (message) => {
  process.stderr.write(message);
  process.exitCode = 1;
};

let text = "";
const connection = net.connect(socket, () => {
  connection.end(JSON.stringify({ pid: Number(pid), binary, cwd: process.cwd(), args }));
});
connection.setEncoding("utf8");
connection.on("data", (part) => (text += part));
connection.on("error", (error) => fail(`simulated: the simulator is gone (${error.message})\n`));
connection.on("end", () => {
  if (text === "") return fail("simulated: the simulator ended without an answer\n");
  const { script, message, exitCode } = JSON.parse(text);
  if (script !== undefined) return process.stdout.write(script);
  process.stderr.write(message);
  // The calling script evaluates what is printed, or leaves with this code.
  if (exitCode === 0) process.stdout.write("exit 0");
  process.exitCode = exitCode;
});
