/** Ferry. */
export {};
