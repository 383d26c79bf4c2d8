/** The little of TextDecoder that is used: neither Node's nor the browser's types are known to the pure rows. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
