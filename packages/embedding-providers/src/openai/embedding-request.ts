/** Body of an embedding request. */
export interface EmbeddingRequest {
  model: string;
  input: string | string[];
  encoding_format: 'base64';
  dimensions?: number;
}

/** How a model is asked. */
export interface EmbeddingModel {
  model: string;
  dims: number;
  /** False of models that have one size only. */
  sendsDimensions: boolean;
}

/** The body that asks for the vectors of texts. Base64 is a third of the bytes of numbers in JSON. */
export const embeddingRequest = (
  { model, dims, sendsDimensions }: EmbeddingModel,
  input: string | string[],
): EmbeddingRequest => ({
  model,
  input,
  encoding_format: 'base64',
  ...(sendsDimensions && { dimensions: dims }),
});
