/** Embedding by a provider instead of by a model in the function. */
export {};
