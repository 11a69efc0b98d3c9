import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** Is told what a document holds, in its order; tag names are in lower case. */
export interface HtmlHandler {
  /** A run of text, its character references not decoded. What stands between two tags may come in pieces. */
  text: (raw: string) => void;
  open: (name: string) => void;
  close: (name: string) => void;
  /** Whether what comes is inside of SVG, where `<style/>` is complete and its content is markup. */
  isInsideSvg: () => boolean;
}

const ignore = () => undefined;

/**
 * Reads HTML as a browser's tokenizer does. Takes any input in linear time: of htmlparser2 only the tokenizer is
 * used, because its parser searches the open elements at each tag, quadratic where nothing is ever closed.
 */
export const readHtml = (html: string, handler: HtmlHandler): void => {
  let opened = '';
  const callbacks: TokenizerCallbacks = {
    ontext: (start, end) => handler.text(html.slice(start, end)),
    ontextentity: ignore,
    onopentagname: (start, end) => {
      opened = html.slice(start, end).toLowerCase();
      handler.open(opened);
    },
    onclosetag: (start, end) => handler.close(html.slice(start, end).toLowerCase()),
    // HTML knows no self-closing tags, but for those of SVG, the outermost included.
    onselfclosingtag: () => {
      if (opened === 'svg') handler.close(opened);
    },
    isInForeignContext: () => handler.isInsideSvg(),
    onopentagend: ignore,
    onattribname: ignore,
    onattribdata: ignore,
    onattribentity: ignore,
    onattribend: ignore,
    oncdata: ignore,
    oncomment: ignore,
    ondeclaration: ignore,
    onprocessinginstruction: ignore,
    onend: ignore,
  };
  const tokenizer = new Tokenizer({ decodeEntities: false }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
};
