import type { FileRef } from "../../../document/model";
import { tell, type Chapter } from "../story";

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="540" viewBox="0 0 960 540">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#8d96f0"/><stop offset="1" stop-color="#f7d9c4"/></linearGradient></defs>
<rect width="960" height="540" fill="url(#sky)"/><circle cx="700" cy="190" r="64" fill="#fff4d6"/>
<path d="M0 420 220 230 380 380 540 260 760 440 960 330V540H0Z" fill="#4e5acb"/>
<path d="M0 480 180 360 420 500 640 390 960 500V540H0Z" fill="#2c388f"/></svg>`;

/** A second of a tone that fades, as a WAV file. */
function tone(): Blob {
  const [rate, count] = [8000, 8000];
  const view = new DataView(new ArrayBuffer(44 + count));
  const write = (at: number, text: string) =>
    [...text].forEach((sign, by) => view.setUint8(at + by, sign.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + count, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  write(36, "data");
  view.setUint32(40, count, true);
  for (let at = 0; at < count; at += 1)
    view.setUint8(44 + at, 128 + 90 * (1 - at / count) * Math.sin((2 * Math.PI * 440 * at) / rate));
  return new Blob([view], { type: "audio/wav" });
}

const made = new Map<string, string>();

/** The address of a file of the stories. */
export function fileUrl({ sha256 }: FileRef): string {
  const there = made.get(sha256);
  if (there !== undefined) return there;
  const content =
    sha256 === "tone"
      ? tone()
      : sha256 === "picture"
        ? new Blob([PICTURE], { type: "image/svg+xml" })
        : new Blob(["?"]);
  const address = URL.createObjectURL(content);
  made.set(sha256, address);
  return address;
}

const picture: FileRef = { sha256: "picture", name: "mountains.svg", type: "image/svg+xml", size_bytes: 640 };

export const image: Chapter = {
  id: "image",
  stories: [
    {
      title: "With its words",
      blocks: [
        tell("image", { file: picture, alt: "Blue mountains under a low sun", caption: "The view from the office" }),
      ],
    },
    { title: "Small", blocks: [tell("image", { file: picture, alt: "Blue mountains", width_px: 180 })] },
    {
      title: "Not to be shown",
      blocks: [tell("image", { file: { ...picture, sha256: "none", name: "broken.png" }, alt: "Broken" })],
    },
  ],
};

export const audio: Chapter = {
  id: "audio",
  stories: [
    {
      title: "A tone",
      blocks: [
        tell("audio", {
          file: { sha256: "tone", name: "tone.wav", type: "audio/wav", size_bytes: 8044 },
          caption: "An A, fading",
        }),
      ],
    },
    {
      title: "Not to be played",
      blocks: [tell("audio", { file: { sha256: "none", name: "voice.ogg", type: "audio/ogg", size_bytes: 120_400 } })],
    },
  ],
};

export const video: Chapter = {
  id: "video",
  stories: [
    {
      title: "Not to be played",
      blocks: [
        tell("video", {
          file: { sha256: "none", name: "tour.mp4", type: "video/mp4", size_bytes: 48_200_000 },
          caption: "A tour of the office",
        }),
      ],
    },
  ],
};

export const file: Chapter = {
  id: "file",
  stories: [
    {
      title: "To download",
      blocks: [
        tell("file", { file: { sha256: "none", name: "report.pdf", type: "application/pdf", size_bytes: 1_403_000 } }),
        tell("file", {
          file: { sha256: "none", name: "orders-2026.csv", type: "text/csv", size_bytes: 88 },
          label: "All orders",
        }),
        tell("file", {
          file: {
            sha256: "none",
            name: `${"a-very-long-name-".repeat(8)}.zip`,
            type: "application/zip",
            size_bytes: 5_368_709_120,
          },
        }),
        tell("file", {
          file: { sha256: "none", name: "تقرير.docx", type: "application/octet-stream", size_bytes: 20_480 },
        }),
      ],
    },
  ],
};
