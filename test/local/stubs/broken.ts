/** A Worker that fails while it loads, for test/local alone. */
throw new Error("broken on purpose");
