"""The twelve measures, one module each, all of the same anatomy."""
