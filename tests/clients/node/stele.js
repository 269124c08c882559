// A node of Stele for tests: its own data directory, free ports, a clean end. STELE_BINARY names the binary.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const startLimitMs = 120_000;

export async function startStele(...flags) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "stele-test-"));
  // The private PostgreSQL runs as another user where the tests are root.
  await fs.chmod(folder, 0o755);
  const ready = path.join(folder, "ready.json");
  const log = await fs.open(path.join(folder, "log"), "a");
  const off = ["qdrant-grpc-port"].flatMap((name) => [`--${name}`, "off"]);
  const free = ["sql", "redis", "elastic", "qdrant", "console"].flatMap((name) => [`--${name}-port`, "0"]);
  const child = spawn(
    process.env.STELE_BINARY ?? path.join(root, "build/release/stele"),
    ["serve", "--data-dir", path.join(folder, "data"), "--listen", "127.0.0.1", ...off, ...free, "--ready-file", ready, ...flags],
    { stdio: ["ignore", log.fd, log.fd] },
  );
  const ended = once(child, "exit");
  const remove = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await ended;
    }
    await log.close();
    await fs.rm(folder, { recursive: true, force: true });
  };
  const end = Date.now() + startLimitMs;
  for (;;) {
    const text = await fs.readFile(ready, "utf8").catch(() => "");
    if (text) return { ports: JSON.parse(text), stop: () => stop(child, ended, folder, remove) };
    if (child.exitCode !== null || Date.now() > end) {
      const written = await fs.readFile(path.join(folder, "log"), "utf8");
      await remove();
      throw new Error(`stele did not start (exit status ${child.exitCode}):\n${written.slice(-8000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Ctrl-C; an error unless it ends with 0.
async function stop(child, ended, folder, remove) {
  child.kill("SIGINT");
  const [status, signal] = await ended;
  const written = await fs.readFile(path.join(folder, "log"), "utf8");
  await remove();
  if (status !== 0) throw new Error(`stele ended with ${status ?? signal}:\n${written.slice(-8000)}`);
}
