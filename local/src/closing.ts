/** What has been opened so far, to be closed in the opposite order: who feeds others closes first. */
export interface Closing {
  /** Remembers a part and hands it back. */
  add<Part extends { close(): Promise<void> }>(part: Part): Part;
  closeAll(): Promise<void>;
}

const makeClosing = (): Closing => {
  const parts: { close(): Promise<void> }[] = [];
  return {
    add: (part) => {
      parts.push(part);
      return part;
    },
    closeAll: async () => {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) await part.close();
    },
  };
};

/** Opens several parts; when one fails, closes those before it and throws its error. */
export const openTogether = async <Whole>(open: (closing: Closing) => Promise<Whole>): Promise<Whole> => {
  const closing = makeClosing();
  try {
    return await open(closing);
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
};
