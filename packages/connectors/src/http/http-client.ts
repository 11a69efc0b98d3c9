/** A request without a body; connectors only read. */
export interface HttpRequest {
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Greatest body in bytes after decompression; the client's own limit when not given. */
  maxBytes?: number;
}

/** An answer of any status, its body decompressed. */
export interface HttpResponse {
  status: number;
  /** By name in lower case; values of repeated headers are joined by commas. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Where the answer came from, after redirects. */
  url: string;
}

/** Asks servers that nobody has reason to trust. */
export interface HttpClient {
  /**
   * Errors: ADDRESS_REFUSED, URL_INVALID, REDIRECT_REFUSED, BODY_TOO_LARGE, BODY_CORRUPT (invalid) and
   * SOURCE_UNAVAILABLE (unavailable) for networks that fail and times that run out.
   */
  fetch(request: HttpRequest): Promise<HttpResponse>;
}

/** The body as UTF-8. */
export const textOf = ({ body }: HttpResponse): string => new TextDecoder().decode(body);
