// A task that gives back what it was given.
export default (value) => value;
