/** The demo cannot go on; the message says why and what to do. It is shown without a stack. */
export class DemoStop extends Error {
  override readonly name = 'DemoStop';
}
