import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Header } from "tar/header";

const BLOCK = 512;
const MODE_OF_SCRIPT = 0o755;
const MODE_OF_FILE = 0o644;

/**
 * The files below a directory as a tar, which is the same bytes wherever equal files are packed: sorted by path, owned by
 * root, as old as can be, and with modes of our own, since those of a working copy depend on its owner's umask. Not
 * compressed, since what gzip makes of equal bytes depends on its version.
 *
 * Shell scripts in the directory itself can be executed; what lies deeper is read.
 *
 * @param isWanted asked with each file's path from the directory, with forward slashes
 */
export function archiveOf(directory: string, isWanted: (file: string) => boolean): Buffer {
  const blocks = filesIn(directory)
    .filter(isWanted)
    .sort()
    .flatMap((file) => {
      const content = readFileSync(path.join(directory, file));
      return [headerOf(file, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1))];
    });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join("/"));
}

function headerOf(file: string, size: number): Buffer {
  const header = new Header({
    path: file,
    size,
    type: "File",
    mode: /^[^/]+\.sh$/.test(file) ? MODE_OF_SCRIPT : MODE_OF_FILE,
    uid: 0,
    gid: 0,
    uname: "root",
    gname: "root",
    mtime: new Date(0),
  });
  const block = Buffer.alloc(BLOCK);
  if (header.encode(block)) {
    throw new Error(`the path of ${file} is too long for the header of a tar`);
  }
  return block;
}
