/** Takes a patch off again: the build renders a line both ways, and the bench measures what each patch buys. */
export type Undo = () => void;

/**
 * Replaces methods of a package's class. What the class inherits of them it inherits again after the undo.
 * @throws where the class has no such method: another version of the package has it elsewhere.
 */
export function override<Owner extends object>(name: string, owner: Owner, methods: Partial<Owner>): Undo {
  const before = Object.keys(methods).map((method) => {
    if (!(method in owner)) throw new Error(`${name} has no ${method} any more: see src/render/patches`);
    return [method, Object.getOwnPropertyDescriptor(owner, method)] as const;
  });
  Object.assign(owner, methods);
  return () => {
    for (const [method, own] of before) {
      if (own === undefined) delete owner[method as keyof Owner];
      else Object.defineProperty(owner, method, own);
    }
  };
}

/** The last one first: what was laid over another is taken off before it. */
export function undoAll(undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos.toReversed()) undo();
  };
}
