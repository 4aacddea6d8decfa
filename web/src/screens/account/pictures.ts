// Pictures of people: made small before they are sent, as the server keeps small ones alone.
import { words } from "../../texts/account";

const SIDE = 512;
const MAX_BYTES = 256 * 1024;
const KEPT = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** The picture itself if it is small enough, else a smaller one of it. Throws when browsers can't show it. */
export async function smallPicture(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new Error(words.notAPicture);
  });
  try {
    if (KEPT.includes(file.type) && file.size <= MAX_BYTES) return file;
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      const give = (made: Blob | null) => (made === null ? reject(new Error(words.notAPicture)) : resolve(made));
      canvas.toBlob(give, "image/webp", 0.85);
    });
  } finally {
    picture.close();
  }
}
