import react from "@vitejs/plugin-react";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, type InputType, type ZlibOptions } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.OUTLAST_URL ?? "http://127.0.0.1:8000";

const smaller = promisify<InputType, ZlibOptions, Buffer>(gzip);
const smallest = promisify<InputType, Buffer>(brotliCompress);

/** Puts compressed copies beside each file that the server sends often: the smaller for browsers that take it. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    closeBundle: async () => {
      const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const file = resolve(folder, name);
          const content = await readFile(file);
          await writeFile(`${file}.gz`, await smaller(content, { level: 9 }));
          await writeFile(`${file}.br`, await smallest(content));
        }),
      );
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  base: "/",
  build: {
    outDir: process.env.OUTLAST_CLIENT_DIR ?? "../src/outlast/server/client",
    emptyOutDir: true,
    assetsDir: "static",
    target: "es2023",
    // The first that know light-dark(). What it becomes for older ones needs a literal color-scheme; Mantine's is none.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 5000,
    // What a page needs is said in its head: the browser asks for all of it at once.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // In one piece what every screen needs, and what the heart needs besides; each with all that it imports.
          groups: [
            { name: "begin", test: /src\/begin\.ts$|rolldown.runtime/, priority: 4 },
            {
              name: "first",
              test: /src\/(main|App|router|ui\/(Empty|Moment|StateBadge))\.tsx$|\/(TextInput|IconMessageQuestion)\.mjs$/,
              priority: 3,
            },
            { name: "home", test: /src\/screens\/home\/Home\.tsx$/, priority: 2 },
            { name: "session", test: /src\/screens\/session\/Session\.tsx$/, priority: 1 },
            { name: "markdown", test: /src\/blocks\/markdown\/Rich\.tsx$/, priority: 0.5 },
          ],
        },
      },
    },
    assetsInlineLimit: 0, // the content policy takes no scripts or fonts from data: addresses
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // The browser's Host goes on as it is: the server compares it with the Origin of each request.
    proxy: { "/api": { target: server, changeOrigin: false } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], testTimeout: 20_000 },
});
