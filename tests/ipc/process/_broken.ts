// A module that cannot be loaded.
throw new RangeError("broken at import");
